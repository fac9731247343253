"""Reported numbers as promises: verify what was written, run it again, compare two runs."""
