"""Labelled data sets as corpora: rows in, sentences with what the data set says about each out."""
