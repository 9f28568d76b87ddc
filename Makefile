# Every target makes the virtual environment that it needs. `make help` lists them.
PYTHON ?= python3
STACK ?= dev
ARGS ?=
VENV := .venv
PY := $(VENV)/bin/python
UV_VERSION := 0.13.9
export PYTHONUNBUFFERED := 1

.DEFAULT_GOAL := help
.PHONY: help run connections bench plan plan-diff plan-accept policy test lint config lock clean

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo '  STACK=dev|prod chooses the stack; ARGS="--for 60s --rate 20 --keep" go to the run,'
	@echo '  ARGS="tests/unit" or ARGS="-k name" to the tests, ARGS="latency" to the bench.'

run: $(VENV)/.local ## Run the pipeline of STACK on this machine with real parts (ARGS="--help": options)
	@$(PY) -m local run --stack $(STACK) $(ARGS)

connections: $(VENV)/.local ## Print how STACK's running pipeline is reached, as JSON (use make -s)
	@$(PY) -m local connections --stack $(STACK)

plan: $(VENV)/.program ## Print what STACK declares, offline (JSON=1: as JSON)
	@$(PY) -m local plan --stack $(STACK) $(if $(JSON),--json)

plan-diff: $(VENV)/.program ## Compare STACK with its committed golden plan; exit code 1 when it differs
	@$(PY) -m local plan-diff --stack $(STACK)

plan-accept: $(VENV)/.program ## Make the present plan of STACK the golden one
	@$(PY) -m local plan-accept --stack $(STACK)

policy: $(VENV)/.program ## Check STACK's plan against the policies; exit code 1 when it breaks one
	@$(PY) -m local policy --stack $(STACK)

test: $(VENV)/.test lint ## Check style and types, then run every test
	@$(PY) -m pytest $(ARGS)

lint: $(VENV)/.test ## Check style, imports and types
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@told=$$(PYTHONPATH=app $(VENV)/bin/lint-imports --no-cache --no-logo) || { echo "$$told"; exit 1; }
	@$(PY) -m pyright --pythonpath $(PY)

bench: $(VENV)/.test ## Print the figures of docs/local.md as measured here (some minutes)
	@$(PY) -m bench $(ARGS)

# Each smaller lock is constrained by the larger one, so that the three agree. `pip install` checks the hashes by itself.
# uv knows pip's index and find-links options only by its own names (UV_DEFAULT_INDEX, UV_FIND_LINKS).
compile = $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --custom-compile-command 'make lock' $(ARGS) pyproject.toml

config: $(VENV)/.program ## Write the keys of Pulumi.yaml and docs/configuration.md anew from the settings models
	@$(PY) -m stacks.settings

lock: $(VENV)/.uv-$(UV_VERSION) ## Write requirements*.txt anew from pyproject.toml and requirements*.in, with uv (ARGS=--upgrade: newer packages)
	@$(compile) requirements-test.in -o requirements-test.txt
	@$(compile) requirements-local.in -c requirements-test.txt -o requirements-local.txt
	@$(compile) requirements.in -c requirements-local.txt -o requirements.txt

clean: ## Remove the virtual environment (what later runs read lies in ~/.cache or XDG_CACHE_HOME)
	rm -rf $(VENV)

$(VENV)/.python:
	@command -v "$(PYTHON)" >/dev/null || { echo '$(PYTHON) is not there: install Python 3.11 or newer, or name it: make PYTHON=python3.12 ...' >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else "Python %d.%d is too old: 3.11 or newer is needed; fix: make PYTHON=python3.12 ..." % v[:2])'
	@echo 'Making the virtual environment $(VENV)' >&2
	@"$(PYTHON)" -m venv $(VENV)
	@touch $@

# $(call install,FILE): packages with a line of progress; a failed download says what to do.
install = echo 'Installing $(1) (once)' >&2; \
	$(PY) -m pip install --quiet --disable-pip-version-check -r $(1) \
	|| { echo 'pip could not install $(1), for the reason above: check the network, the package index, and the room on the disks of this folder and of TMPDIR, and run the command again' >&2; exit 1; }

$(VENV)/.program: $(VENV)/.python requirements.txt
	@$(call install,requirements.txt)
	@touch $@

$(VENV)/.local: $(VENV)/.program requirements-local.txt
	@$(call install,requirements-local.txt)
	@touch $@

$(VENV)/.test: $(VENV)/.local requirements-test.txt
	@$(call install,requirements-test.txt)
	@touch $@

$(VENV)/.uv-$(UV_VERSION): $(VENV)/.python
	@echo 'Installing uv $(UV_VERSION) (once)' >&2
	@$(PY) -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@
