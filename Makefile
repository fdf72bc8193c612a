# The commands of Citas: `make help`. Everything is made when it is missing or older than what it is made from.

PYTHON ?= python3
BIN := .venv/bin
CATALOGUES := $(wildcard locale/*/LC_MESSAGES/*.po)
STATIC := $(shell find static */static -type f -o -type d 2>/dev/null)
PYTEST := CITAS_ENV=demo $(BIN)/python -m pytest -n 2 --dist loadgroup
ON_POSTGRES := DATABASE_URL=embedded://postgres
ON_MONGO := DATABASE_URL=embedded://mongo

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test test-postgres test-mongo thorough mongo-migrations lint format clean assets

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' Makefile

run: .venv/.runtime assets ## serve the demo clinic at http://localhost:8000 (or PORT)
	@CITAS_ENV=$${CITAS_ENV:-demo} exec $(BIN)/python manage.py serve

# What is covered counts for both engines together: neither run alone reaches the other's part of citas/db/.
test: .venv/.development .make/chromium .make/curl assets ## run every test on PostgreSQL and then on MongoDB, browser journeys included
	$(ON_POSTGRES) $(PYTEST) --cov --cov-report= --cov-fail-under=0
	$(ON_MONGO) $(PYTEST) --cov --cov-report=term --cov-append

test-postgres: .venv/.development .make/chromium .make/curl assets ## run every test on PostgreSQL
	$(ON_POSTGRES) $(PYTEST)

test-mongo: .venv/.development .make/chromium .make/curl assets ## run every test on MongoDB
	$(ON_MONGO) $(PYTEST)

thorough: export HYPOTHESIS_PROFILE = thorough
thorough: .venv/.development .make/chromium .make/curl assets ## run the long forms too, on both: 10,000 examples, long races, crash loops
	$(ON_POSTGRES) $(PYTEST) -m ""
	$(ON_MONGO) $(PYTEST) -m ""

mongo-migrations: .venv/.runtime ## write MongoDB's migrations of Django's own and third-party apps, after an upgrade
	CITAS_ENV=development $(ON_MONGO) $(BIN)/python manage.py makemigrations admin auth contenttypes sessions account

lint: export CITAS_ENV = development
lint: .venv/.development assets ## check style, imports, templates, types, translations, migrations and deployment
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/mypy
	$(BIN)/python scripts/check_translations.py
	$(ON_POSTGRES) $(BIN)/python manage.py makemigrations --check --dry-run
	$(ON_MONGO) $(BIN)/python manage.py makemigrations --check --dry-run
	. scripts/production_example.sh && $(BIN)/python manage.py check --deploy --fail-level WARNING

format: .venv/.development ## put code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## remove what was made, but not the data (.data)
	rm -rf .venv .make .coverage htmlcov staticfiles .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name .venv -prune -o -name node_modules -prune -o -name __pycache__ -exec rm -rf {} +
	find locale -name '*.mo' -delete

assets: .make/catalogues staticfiles/.made

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Citas needs Python 3.11 or newer: PYTHON=/path/to/python3 make …")'
	@$(PYTHON) -c 'import ensurepip, venv' || { echo "Python has no venv here: apt install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.runtime: requirements.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/.development: requirements-dev.txt .venv/.runtime
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

.make/chromium: scripts/install_browser.sh | .venv/.development
	bash scripts/install_browser.sh

.make/curl: scripts/install_curl.sh
	bash scripts/install_curl.sh

.make/catalogues: $(CATALOGUES) .venv/.runtime
	@mkdir -p .make
	$(if $(CATALOGUES),$(BIN)/pybabel --quiet compile -D django -d locale)
	@touch $@

staticfiles/.made: $(STATIC) .venv/.runtime
	@CITAS_ENV=demo $(BIN)/python manage.py collectstatic --no-input --verbosity 0
	@touch $@
