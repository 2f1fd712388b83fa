# Two commands matter: `make demo` and `make test`. `make help` lists the others.
# Needs nothing but Python 3.11 (or newer) and make: the environment is made here, from hashed requirements.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input

DATA ?= var/demo
PORT ?= 8000
# Public samples of the CI-SIS (schema, documents); they may not be committed, so they live beside the clone.
VECTEURS := $(or $(ES_VECTORS),../shared/vectors)
XSD := $(wildcard $(VECTEURS)/cda/xsd/CDA_extended.xsd)

.PHONY: help demo test test-fast lint bench drill mutations docs lock clean navigateur

help: ## List these commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|' 2>/dev/null \
	  || grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST)

demo: $(VENV)/.base ## Start everything with a synthetic population; DATA=var/demo PORT=8000 may be given
	@exec env $(if $(ES_CDA_XSD),,$(if $(XSD),ES_CDA_XSD="$(abspath $(XSD))")) \
	  $(PY) -m espace_sante.commands demo --data "$(DATA)" --port "$(PORT)" $(ARGS)

test: $(VENV)/.dev navigateur ## Run the whole test suite (browser included where the machine allows one)
	@$(navigateur); $(PY) -m pytest -n 2 --dist loadscope $(ARGS)

test-fast: $(VENV)/.dev ## Run the tests that need neither browser nor real servers (under 90 s)
	@$(PY) -m pytest -n 2 --dist loadscope -m "not navigateur and not lent" $(ARGS)

lint: $(VENV)/.dev ## Style, types, layers between rooms (SQL of migrations and house rules: tests/contrat)
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy src
	@$(VENV)/bin/lint-imports

bench: $(VENV)/.dev ## Measure the hot paths against their limits; writes bench/results/latest.json
	@$(PY) -m bench $(ARGS)

drill: $(VENV)/.preuves navigateur ## The heavy proofs, large versions of what `make test` does in small
	@$(navigateur); $(PY) -m pytest drill src/espace_sante/interop/profils/tests/test_second_avis.py -q $(ARGS)

# The pure functions of the decision; what else is in those files needs a database, and other tests.
REGLES_PURES := "*.acces.dicah.*" "*.acces.etats.*" "*.acces.consentement_expres.*" "*.acces.matrice.lignes.*" \
  "*.acces.partages.x_fin_*" "*.acces.porte.x_restriction_*" "*.acces.queries.x*Situation*" \
  "*.acces.urgence.x_verifier_*" "*.kernel.durees.*"

mutations: $(VENV)/.preuves ## Break the pure rules of access in every way; what survives is listed (mutmut)
	@rm -rf mutants; $(PY) -m mutmut run $(REGLES_PURES) | grep -v "^🎉"

docs: $(VENV)/.base ## Write the tables of settings and commands into docs/exploitation
	@$(PY) -m tests.contrat.tables

lock: ## Compute requirements/*.txt again from the .in files (needs uv)
	@command -v uv >/dev/null || { echo "make lock a besoin de uv : python3 -m pip install uv, puis recommencez."; exit 1; }
	@for f in build base dev preuves; do \
	  uv pip compile --generate-hashes --universal --python-version 3.11 --no-header --no-emit-index-url \
	    -q -o requirements/$$f.txt requirements/$$f.in; done

clean: ## Remove the environment and every cache; the data under var/ stay
	@rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache src/*.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- environment -----------------------------------------------------------------------------

# The first Python that is recent enough and can make an environment. That of the distribution comes first: it is built
# with its optimisations, and a server on one compiled by hand without them is about a third slower.
$(VENV)/.venv:
	@recent=; for p in /usr/bin/python3.11 /usr/bin/python3 python3.11 python3 python3.12 python3.13; do \
	  "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; recent="$$p"; \
	  "$$p" -c 'import ensurepip, venv' 2>/dev/null || continue; \
	  echo "Environnement Python dans $(VENV)"; "$$p" -m venv $(VENV); touch $@; exit 0; \
	done; \
	[ -n "$$recent" ] || { echo "Il manque Python 3.11 ou plus récent. Sous Debian ou Ubuntu : apt-get install python3 python3-venv"; exit 1; }; \
	v=$$("$$recent" -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
	echo "Le module ensurepip de Python $$v est absent. Sous Debian ou Ubuntu : apt-get install python$$v-venv, puis recommencez."; exit 1

$(VENV)/.build: $(VENV)/.venv requirements/build.txt
	@$(PIP) install -q --require-hashes -r requirements/build.txt; touch $@

$(VENV)/.base: $(VENV)/.build requirements/base.txt pyproject.toml
	@echo "Dépendances du produit (quelques minutes la première fois)"
	@$(PIP) install -q --no-build-isolation --require-hashes -r requirements/base.txt
	@$(PIP) install -q --no-build-isolation --no-deps -e .; touch $@

$(VENV)/.dev: $(VENV)/.base requirements/dev.txt
	@echo "Dépendances des essais"
	@$(PIP) install -q --no-build-isolation --require-hashes -r requirements/dev.txt; touch $@

$(VENV)/.preuves: $(VENV)/.dev requirements/preuves.txt
	@$(PIP) install -q --no-build-isolation --require-hashes -r requirements/preuves.txt; touch $@

# --- browser ---------------------------------------------------------------------------------

# Sets ES_CHROMIUM for the recipe that expands it, when a browser is found.
navigateur = for n in "$${ES_CHROMIUM:-}" /usr/bin/chromium /usr/bin/chromium-browser google-chrome chromium; do \
	  c=$$(command -v "$$n" 2>/dev/null || true); if [ -n "$$c" ]; then export ES_CHROMIUM="$$c"; break; fi; done

navigateur:
	@$(navigateur); [ -n "$${ES_CHROMIUM:-}" ] && [ -x "$$ES_CHROMIUM" ] && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installation de Chromium par apt-get"; \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core; } >/dev/null 2>&1 \
	    && [ -x /usr/bin/chromium ] && exit 0; \
	fi; \
	echo "Il manque un navigateur : installez Chromium (apt-get install chromium) ou donnez son chemin dans ES_CHROMIUM."; \
	echo "Les essais qui demandent un navigateur seront passés, et le diront."
