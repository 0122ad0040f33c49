# Gongkai. `make crawl` sets up and runs the main job; `make test` sets up and passes the tests.
PYTHON ?= python3
PY := .venv/bin/python
SET_UP := .venv/.set-up
PORTAL ?=
ARCHIVE_ROOT ?= data
export ARCHIVE_ROOT

# The sample portals are rows of their own, on loopback, and need no patience.
SAMPLE_PORTALS := ucap ucapjson hanweb jpaas lonsun vsb legacy county trs
SAMPLE_SETTINGS := -s PORTAL_REGISTRIES=samples/registry.toml -s ALLOW_LOOPBACK=1 -s DOWNLOAD_DELAY=0

.DEFAULT_GOAL := help
.PHONY: help setup crawl browser test check format docs lock bench soak fuzz clean

help:  ## Say what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(SET_UP)  ## Make .venv from the hash-locked requirements

# Debian's python3 comes without venv; everybody else's has it.
$(SET_UP): requirements-dev.txt
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || (apt-get update -qq && apt-get install -y -qq python3-venv)
	@test -x $(PY) || $(PYTHON) -m venv .venv
	@echo 'installing the locked requirements …' >&2
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

crawl: $(SET_UP)  ## Crawl the made-up county's portals (or PORTAL=<id or URL>), archive them, print what was found
ifeq ($(PORTAL),)
	@$(PY) -m samples run -- sh -ec 'for portal in $(SAMPLE_PORTALS); do $(PY) -m scrapy crawl annual_reports -a portal=$$portal $(SAMPLE_SETTINGS); done'
else
	@$(PY) -m scrapy crawl annual_reports -a portal=$(PORTAL)
endif

# Only tests need it at hand, so a crawl installs none; who is not root, or has no apt-get, skips those tests.
browser:  ## Install Debian's chromium and what its driver needs, where missing (root's apt-get)
	@(command -v chromium >/dev/null && ls /usr/lib*/*/libatomic.so.1 >/dev/null 2>&1) || (test "$$(id -u)" = 0 && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium libatomic1 >/dev/null) || echo 'no chromium: tests with a browser are skipped' >&2

test: $(SET_UP) browser  ## Run all tests
	@$(PY) -m pytest -q -m 'not soak' -n auto --dist worksteal

check: $(SET_UP)  ## Format, lint, types, import contracts, generated docs
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports
	@$(PY) -m cogapp --check -r docs/cli.md docs/checks.md docs/data-dictionary.md

format: $(SET_UP)  ## Put the code into its format
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

docs: $(SET_UP)  ## Write the generated parts of docs/ anew
	@$(PY) -m cogapp -r docs/cli.md docs/checks.md docs/data-dictionary.md

lock: $(SET_UP)  ## Compile requirements*.txt from pyproject.toml
	@.venv/bin/uv pip compile pyproject.toml --python-version 3.11.2 --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command 'make lock' -o requirements.txt
	@.venv/bin/uv pip compile pyproject.toml --python-version 3.11.2 --group dev --all-extras --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command 'make lock' -o requirements-dev.txt
	@.venv/bin/uv pip compile pyproject.toml --python-version 3.11.2 --extra browser --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command 'make lock' -o requirements-browser.txt
	@.venv/bin/uv pip compile --group peers --python-version 3.11.2 --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command 'make lock' -o requirements-bench.txt

bench: $(SET_UP)  ## Measure ratios against the named peers, in one run
	@$(PY) -m benchmarks.pipeline
	@$(PY) -m benchmarks.peers
	@$(PY) -m benchmarks.likeness
	@$(PY) -m benchmarks.large
	@$(PY) -m benchmarks.rederive

soak: $(SET_UP)  ## Run the long proofs (crash points at random moments, large archives)
	@$(PY) -m pytest -q -m soak

fuzz: $(SET_UP)  ## Feed broken input to the readers for ten minutes
	@$(PY) -m benchmarks.fuzz

clean:  ## Remove the environment and the caches (never the archive)
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
