# Every target makes the virtual environment that it needs. `make help` lists them.
PYTHON ?= python3
STACK ?= dev
BASE ?= origin/main
ARGS ?=
VENV := .venv
PY := $(VENV)/bin/python
UV_VERSION := 0.13.9
PIP_AUDIT_VERSION := 2.10.1
ACTIONLINT_VERSION := 1.7.12
export PYTHONUNBUFFERED := 1

.DEFAULT_GOAL := help
.PHONY: help run connections status send bench quality train plan plan-diff plan-accept plan-comment policy test picture lint workflows config lock install audit release docs clean

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo '  STACK=dev|prod chooses the stack. ARGS: "--for 60s --rate 20 --keep" for the run,'
	@echo '  "tests/unit" or "-k name" for the tests, "latency" for the bench.'

# A scenario is written by quality/, which needs more packages.
run: $(VENV)/$(if $(findstring --scenario,$(ARGS))$(findstring --play,$(ARGS)),.quality,.local) ## Run the pipeline of STACK on this machine, with real servers (ARGS="--help": options)
	@$(PY) -m local run --stack $(STACK) $(ARGS)

connections: $(VENV)/.local ## Print how to reach STACK's running pipeline, as JSON (use make -s)
	@$(PY) -m local connections --stack $(STACK)

status: $(VENV)/.local ## Print the health of each part of STACK's running pipeline, or of a deployed one (ARGS="--url ADDRESS")
	@$(PY) -m local status --stack $(STACK) $(ARGS)

plan: $(VENV)/.program ## Print STACK's plan, offline (JSON=1: as JSON)
	@$(PY) -m local plan --stack $(STACK) $(if $(JSON),--json)

plan-diff: $(VENV)/.program ## Compare STACK's plan with its golden plan; exit code 1 when they differ
	@$(PY) -m local plan-diff --stack $(STACK)

plan-accept: $(VENV)/.program ## Write STACK's plan as its golden plan
	@$(PY) -m local plan-accept --stack $(STACK)

plan-comment: $(VENV)/.program ## Print what all stacks' plans change since the commit BASE, as Markdown for a pull request
	@$(PY) -m local plan-comment --base $(BASE)

policy: $(VENV)/.program ## Check STACK's plan against the controls; exit code 1 when it breaks one
	@$(PY) -m local policy --stack $(STACK)

test: $(VENV)/.browser lint ## Check style and types, then run every test
	@$(PY) -m pytest $(ARGS)

picture: $(VENV)/.browser ## Make the picture of the page for the README again
	@PICTURE=1 $(PY) -m pytest -q -n0 tests/browser/test_picture.py

lint: $(VENV)/.test ## Check style, imports and types
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@told=$$(PYTHONPATH=app $(VENV)/bin/lint-imports --no-cache --no-logo) || { echo "$$told"; exit 1; }
	@$(PY) -m pyright --pythonpath $(PY)

send: $(VENV)/.python ## Send payments to the app's API (ARGS="csv FILE" or "load --rate 100", with --url and --key)
	@$(PY) -m client $(ARGS)

bench: $(VENV)/.test ## Measure the figures of docs/local.md on this machine (some minutes)
	@$(PY) -m bench $(ARGS)

quality: $(VENV)/.quality ## Score simulated payments, or those of a folder (ARGS="--data FOLDER"), and judge the scores
	@$(PY) -m quality $(ARGS)

train: $(VENV)/.quality ## Learn new weights of the score from the warehouse's exports (ARGS="--help")
	@$(PY) -m quality.train $(ARGS)

# Each larger lock constrains the smaller one, so all agree. `pip install` checks the hashes.
# uv reads its own UV_DEFAULT_INDEX and UV_FIND_LINKS, not pip's variables.
compile_app = $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --custom-compile-command 'make lock' $(ARGS)
compile = $(compile_app) pyproject.toml

config: $(VENV)/.program ## Rewrite the keys of Pulumi.yaml and docs/configuration.md from the settings models
	@$(PY) -m stacks.settings

lock: $(VENV)/.uv-$(UV_VERSION) ## Rewrite requirements*.txt from pyproject.toml and requirements*.in, the app's too (ARGS=--upgrade: newer packages)
	@$(compile) requirements-test.in -o requirements-test.txt
	@$(compile) requirements-quality.in -c requirements-test.txt -o requirements-quality.txt
	@$(compile) requirements-local.in -c requirements-quality.txt -o requirements-local.txt
	@$(compile) requirements.in -c requirements-local.txt -o requirements.txt
	@$(compile_app) app/requirements.in -c requirements-local.txt -o app/requirements.txt

install: $(VENV)/.program ## Install what pulumi needs to run the program

audit: $(VENV)/.pip-audit-$(PIP_AUDIT_VERSION) ## Look for known vulnerabilities in the locked packages
	@$(VENV)/pip-audit/bin/pip-audit --strict --disable-pip --progress-spinner off -r requirements-test.txt -r app/requirements.txt

release: $(VENV)/.test ## Make dist/ for the release VERSION: wheel, source and the changelog's section
	@$(PY) .ci/release.py "$(VERSION)"

workflows: $(VENV)/.test ## Check the workflows of .github (actionlint too, where Go is installed)
	@$(VENV)/bin/zizmor --offline --quiet .github
	@if command -v go >/dev/null; then go run github.com/rhysd/actionlint/cmd/actionlint@v$(ACTIONLINT_VERSION); \
	else echo 'actionlint was not run: install Go' >&2; fi

docs: $(VENV)/.test ## Build the site of docs/ into site/
	@NO_MKDOCS_2_WARNING=1 $(VENV)/bin/mkdocs build

clean: ## Remove the virtual environment (caches stay in ~/.cache or XDG_CACHE_HOME)
	rm -rf $(VENV)

$(VENV)/.python:
	@command -v "$(PYTHON)" >/dev/null || { echo '$(PYTHON) is missing: install Python 3.11 or newer, or name it: make PYTHON=python3.12 ...' >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else "Python %d.%d is too old: use 3.11 or newer: make PYTHON=python3.12 ..." % v[:2])'
	@echo 'Making the virtual environment $(VENV)' >&2
	@"$(PYTHON)" -m venv $(VENV)
	@touch $@

# $(call install,FILE): install packages, with a line of progress and advice when it fails.
install = echo 'Installing $(1) (once)' >&2; \
	$(PY) -m pip install --quiet --disable-pip-version-check -r $(1) \
	|| { echo 'pip could not install $(1), see above: check the network, the package index, and the free space of this folder and of TMPDIR; then run the command again' >&2; exit 1; }

$(VENV)/.program: $(VENV)/.python requirements.txt
	@$(call install,requirements.txt)
	@touch $@

$(VENV)/.local: $(VENV)/.program requirements-local.txt
	@$(call install,requirements-local.txt)
	@touch $@

$(VENV)/.quality: $(VENV)/.local requirements-quality.txt
	@$(call install,requirements-quality.txt)
	@touch $@

$(VENV)/.test: $(VENV)/.quality requirements-test.txt
	@$(call install,requirements-test.txt)
	@touch $@

# CHROMIUM names a browser that is there; otherwise one is looked for, then installed.
$(VENV)/.browser: $(VENV)/.test
	@$(PY) -m tests.browser.chromium
	@touch $@

$(VENV)/.uv-$(UV_VERSION): $(VENV)/.python
	@echo 'Installing uv $(UV_VERSION) (once)' >&2
	@$(PY) -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

# Its own packages must not decide the versions of ours.
$(VENV)/.pip-audit-$(PIP_AUDIT_VERSION): $(VENV)/.python
	@echo 'Installing pip-audit $(PIP_AUDIT_VERSION) (once)' >&2
	@"$(PYTHON)" -m venv $(VENV)/pip-audit
	@$(VENV)/pip-audit/bin/pip install --quiet --disable-pip-version-check pip-audit==$(PIP_AUDIT_VERSION)
	@touch $@
