"""Sections of the report: each file turns the run's results into the blocks of one section."""
