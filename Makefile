# Two commands from a fresh clone: `make run` and `make test`. Everything else is a part of them.
SHELL := /bin/sh
VENV ?= .venv
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && echo $$p && break; done)
BIN := $(VENV)/bin

CORE := $(addprefix tests/,evaluation ingest labeling models probes reviewing splitting stages test_config.py test_dataset.py)

.PHONY: help run test test-lowest lint types smoke reference clean

help:
	@echo 'make run        set everything up and run the default experiment on the five documents'
	@echo 'make test       set everything up and run every check'
	@echo 'make test-lowest  run the core checks with the lowest versions that pyproject.toml allows'
	@echo 'make reference  recompute the committed results in reports/reference'
	@echo 'make clean      remove what runs have written (not the reference, not the virtual environment)'

$(VENV)/.runtime: pyproject.toml requirements.lock
	@test -n '$(PYTHON)' || { echo 'error: no Python 3.11, 3.12 or 3.13 found; install one or name it: make PYTHON=/path/to/python3' >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --requirement requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.lock
	$(BIN)/pip install --quiet --requirement requirements-dev.lock
	@touch $@

run: $(VENV)/.runtime
	$(BIN)/stance run

reference: $(VENV)/.runtime
	$(BIN)/stance run experiment=reference

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

smoke: $(VENV)/.runtime
	$(BIN)/stance run experiment=smoke

test: lint types smoke
	$(BIN)/pytest

# Not a part of `make test`: it installs everything a second time, in an environment of its own.
test-lowest:
	@test -n '$(PYTHON)' || { echo 'error: no Python 3.11, 3.12 or 3.13 found; install one or name it: make PYTHON=/path/to/python3' >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)-lowest
	$(VENV)-lowest/bin/pip install --quiet --requirement requirements-lowest.txt
	$(VENV)-lowest/bin/python -m pytest $(CORE)

clean:
	git clean -fdX -e '!$(VENV)' data models reports
