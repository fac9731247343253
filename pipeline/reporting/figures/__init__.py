"""Figures of the report: one noun a file, all drawn through `drawing.draw`."""
