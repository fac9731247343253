"""Probes: what a model scores on sentences or folds changed on purpose, which shows what its score rests on."""
