# make demo   the sample city, from nothing to the running product
# make test   every test, a real browser included
# make coverage  the same, and which lines and branches no test reaches: half as long again
# make check  lint, format, types, import direction, dead code, the container's files
# make quick  the part of check that takes seconds; what the hooks of .pre-commit-config.yaml run
# make catalogues  the messages of code and templates into web/languages/*.po, and those compiled
# make docs   guides, mathematics, notebooks and public names as a site: build/docs/index.html
# make proof  the suites that hold what is promised, as a table; SUITES="damage roles" and SLICE=2/6 for parts
# make lock   requirements.lock anew, after a change of pyproject.toml or constraints.txt
# make sbom   the bill of materials of a server: build/sbom.cdx.json (CycloneDX)
# make bench  the benchmarks: prints tables, writes bench-results/*.json

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check -q
DEMO   ?= yizhan-demo
PORT   ?= 8000

.PHONY: demo loops test coverage check quick catalogues docs proof lock sbom bench format system clean
.DEFAULT_GOAL := demo

$(VENV)/.base: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Yizhan needs Python 3.11 or newer: set PYTHON=/path/to/python3.11"; exit 2; }
	@test -x $(BIN)/python || { echo "making $(VENV)"; $(PYTHON) -m venv $(VENV) || { echo "python3 has no venv module: install it (on Debian: apt-get install python3-venv)"; exit 2; }; }
	@echo "installing Yizhan and what it needs"
	@$(PIP) install -c constraints.txt -e .
	@touch $@

$(VENV)/.test: $(VENV)/.base
	@echo "installing what the tests and checks need"
	@$(PIP) install -c constraints.txt -e '.[test,dev,s3]'
	@touch $@

# Numba keeps what it compiles beside the modules. Two processes of tests that begin with the same
# loops would both compile them.
$(VENV)/.loops: $(VENV)/.base $(shell find geo planning -name '*.py')
	@echo "compiling the loops of the engine"
	@$(BIN)/python -c 'from planning.engine.jit_warmup import warm_up; warm_up(floors=True)'
	@touch $@

loops: $(VENV)/.loops

# Chromium for the browser tests and a CJK font for pictures; asks apt only when one is missing.
system:
	@sh .ci/system-packages

demo: $(VENV)/.base
	@$(BIN)/yizhan demo --workspace $(DEMO) --port $(PORT)

test: $(VENV)/.test loops system
	@YIZHAN_SKIPS_NONE=1 $(BIN)/python -m pytest -n 2 --dist loadfile

coverage: $(VENV)/.test loops system
	@YIZHAN_SKIPS_NONE=1 $(BIN)/python -m pytest -n 2 --dist loadfile --cov --cov-report=term

check: quick
	@$(BIN)/mypy
	@$(BIN)/vulture
	@$(BIN)/hadolint Dockerfile
	@$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml

quick: $(VENV)/.test
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports

format: $(VENV)/.test
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

# CODE=vi begins a catalogue of another language.
catalogues: $(VENV)/.test
	@$(BIN)/python -m web.languages.update $(CODE)

docs: $(VENV)/.test
	@$(BIN)/sphinx-build -q -E -W --keep-going -b html docs build/docs
	@echo "build/docs/index.html"

proof: $(VENV)/.test loops system
	@$(BIN)/python -m bench.proof $(SUITES) --slice $(or $(SLICE),1/1)

# uv resolves for every system at once and asks for the hash of every file; it is no part of a server.
lock: $(VENV)/.test
	@$(PIP) install -c constraints.txt uv
	@echo setuptools | $(BIN)/uv pip compile -q pyproject.toml - -c constraints.txt $(addprefix --extra ,h3 nation postgres raster s3 serve) \
	  --generate-hashes --universal --python-version 3.11 --no-header --no-annotate -o requirements.lock

sbom: $(VENV)/.test
	@mkdir -p build
	@$(BIN)/python -m bench.supply_chain > build/sbom.cdx.json
	@echo "build/sbom.cdx.json"

bench: $(VENV)/.test system
	@$(BIN)/python -m bench

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage*
