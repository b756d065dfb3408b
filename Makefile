.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin

help: ## show the targets
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/'

.venv/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

test: .venv/.installed ## run every test
	$(BIN)/python -m pytest

check: .venv/.installed ## what CI runs: format, lint, types, imports, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) --no-print-directory test

fmt: .venv/.installed ## put the code in its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: help test check fmt
