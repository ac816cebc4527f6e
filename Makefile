# `make run` and `make test` set up what they need by themselves, in .venv.
# Another Python than python3:  make run PYTHON=python3.12
# Arguments for pytest:         make test ARGS="tests/draw -k label"

PYTHON ?= python3
VENV ?= .venv
ARGS ?=
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif

# The stamps are renewed when a requirements file changes: only then is anything installed.
PAGE := $(VENV)/.page
TOOLS := $(VENV)/.tools
RIVALS := $(VENV)/.rivals

.DEFAULT_GOAL := help
.PHONY: help run setup test screenshots pictures browser lint format types check bench clean

help: ## this list
	@sed -n 's/^\([a-z]*\):[^#]*## /\1	/p' $(firstword $(MAKEFILE_LIST)) | expand -t 14

run: $(PAGE) ## set up and open the page
	$(BIN)/python -m streamlit run streamlit_app.py

# Pytest ends with 5 where ARGS chooses no test of the one or the other kind.
test: $(TOOLS) browser ## set up and run all tests, in the browser too
	$(BIN)/python -m pytest -m "not browser" -n auto --maxprocesses 4 --dist loadfile $(ARGS) || [ $$? -eq 5 ]
	$(BIN)/python -m pytest -m browser -n auto --maxprocesses 2 --dist load $(ARGS) || [ $$? -eq 5 ]

screenshots: $(TOOLS) browser ## accept how the page looks now: look at `git diff` before committing
	$(BIN)/python -m pytest tests/browser --update-screenshots $(ARGS)

pictures: $(TOOLS) browser ## make the pictures of the README anew, from the running page
	$(BIN)/python -m scripts.pictures

setup: $(PAGE) $(TOOLS) ## set up only

browser: $(TOOLS)
	$(BIN)/python -m scripts.browser

check: lint format types ## everything that reads the code without running it

lint: $(TOOLS)
	$(BIN)/ruff check .

format: $(TOOLS)
	$(BIN)/ruff format --check .

types: $(TOOLS)
	$(BIN)/mypy

bench: $(TOOLS) $(RIVALS) browser ## measure, and print the tables of benchmarks/README.md
	$(BIN)/python -m benchmarks $(ARGS)

clean: ## remove what was set up and made
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis static tests/browser/out benchmarks/out

$(PAGE): requirements.txt
	$(PYTHON) scripts/environment.py $(VENV) requirements.txt
	@touch $@

$(TOOLS): requirements-dev.txt requirements.txt
	$(PYTHON) scripts/environment.py $(VENV) requirements-dev.txt
	@touch $(PAGE) $@

$(RIVALS): benchmarks/requirements.txt $(TOOLS)
	$(PYTHON) scripts/environment.py $(VENV) benchmarks/requirements.txt
	@touch $@
