"""The classifier over HTTP: one process, one model folder, a JSON interface and a page."""
