# The two commands are `make run` and `make test`; `make help` lists the others.

PYTHON ?= python3
PORT ?= 8000
HOST ?= 127.0.0.1
VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt
CODE := manage.py platform collection tutorial qualitycontrol modeling tests bench

.DEFAULT_GOAL := help
.PHONY: help run install up stack chaos test test-install test-javascript lint lint-install lock clean

help:  ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

run: install  ## serve the platform here: one process, an SQLite file under var/
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py demo --host $(HOST) --port $(PORT)
	@exec $(BIN)/python manage.py serve --host $(HOST) --port $(PORT)

up:  ## production on this machine: make missing secrets, build the images, start everything
	@test -f .env || { echo "First: cp .env.example .env, and fill in the host name."; exit 1; }
	@deploy/make-secrets.sh
	@docker compose up --build --detach

stack: test-install  ## production's processes without Docker: private PostgreSQL and Redis, two web, workers, beat, one port
	@exec $(BIN)/python -m tests.support.stack --port $(PORT)

chaos: test-install  ## take away servers, disks and networks while people talk, and count what they lost
	@$(BIN)/python bench/chaos.py

install: $(VENV)/.base  ## make the virtual environment with the base package

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "This needs Python 3.11 or newer; %s is %s. Try: make run PYTHON=python3.11" % (sys.executable, sys.version.split()[0]))'
	@$(PYTHON) -m venv $(VENV) || { echo "The virtual environment could not be made here. On Debian and Ubuntu: apt install python3-venv"; exit 1; }

$(VENV)/.base: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing the base package …"
	@$(PIP_INSTALL) --editable .
	@touch $@

# torch first: from a plain index a later resolution could pull a much larger build of it.
$(VENV)/.test: $(VENV)/.base
	@echo "Installing what the tests need …"
	@$(PIP_INSTALL) "$$(grep '^torch==' constraints.txt)"
	@$(PIP_INSTALL) --editable '.[test,modeling]'
	@touch $@

$(VENV)/.lint: $(VENV)/.test
	@$(PIP_INSTALL) --editable '.[lint]'
	@touch $@

test-install: $(VENV)/.test

test: test-install test-javascript  ## run all tests, on a private PostgreSQL and Redis
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses auto --dist loadfile

test-javascript:
	@if command -v node >/dev/null; then node --test tests/javascript/ >/dev/null 2>&1 && echo "The browser modules' unit tests pass." || { node --test tests/javascript/; exit 1; }; \
	elif [ -n "$$CI" ]; then echo "node is required here"; exit 1; else echo "node is not installed: the browser modules' unit tests did not run."; fi

lint-install: $(VENV)/.lint

lint: lint-install  ## ruff, mypy, import contracts, templates, missing migrations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || { echo "Run: $(BIN)/ruff format ."; exit 1; }
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/djlint --lint --quiet templates
	@$(BIN)/python manage.py makemigrations --check --dry-run

lock: lint-install  ## write constraints.txt anew from pyproject.toml
	@$(BIN)/pip-compile --quiet --upgrade --all-extras --strip-extras --no-header --no-annotate \
	  --no-emit-options --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --output-file $(VENV)/lock.txt pyproject.toml
	@{ echo "# Versions that are known to work together. Made by \`make lock\`; every install uses it."; \
	   sed 's/+cpu$$//' $(VENV)/lock.txt; } > constraints.txt

clean:  ## remove the virtual environment and caches; var/ with the data stays
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
