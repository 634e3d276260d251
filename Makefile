# Two commands do all the set-up on a fresh machine: `make report` and `make test`.

PYTHON ?= python3
BIN := .venv/bin
# With this set, every start of Python is two to four times slower.
unexport PYTHONDONTWRITEBYTECODE

# Tests of one file share what they built. Each process may have a build, a browser and kernels of its own.
AT_ONCE := --numprocesses auto --maxprocesses 4 --dist loadfile

.DEFAULT_GOAL := report
.PHONY: report check test test-all lint docs bench audit licences lab clean

## report: make every scorecard there is (ORG=iom YEAR=2024 makes one)
report: .venv/default.done
	$(BIN)/scorelib build $(ORG) $(if $(YEAR),--year $(YEAR))

## check: hold data, texts and code against their rules
check: .venv/dev.done lint
	$(BIN)/scorelib check

lint: .venv/dev.done
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

## test: the test suite, without the long tests
test: check
	$(BIN)/python -m pytest $(AT_ONCE) -m "not slow"

## test-all: every test
test-all: check
	$(BIN)/python -m pytest $(AT_ONCE)

## docs: write the reference from the code, and the site of the documentation where there is Quarto
docs: .venv/dev.done
	$(BIN)/python docs/write_reference.py
	if command -v quarto >/dev/null; then quarto render docs; fi

## bench: measure, and write benchmarks/RESULTS.md
bench: .venv/bench.done
	$(BIN)/python -m benchmarks

## audit: ask for known vulnerabilities of what reports are made with, and hold licences against ours
audit: .venv/dev.done
	$(BIN)/python -m pytest tests/trust/test_supply_chain.py

licences: .venv/dev.done
	@$(BIN)/python -c 'from scorelib.trust.sbom import table; print(table())'

## lab: open the notebooks in JupyterLab
lab: .venv/lab.done
	$(BIN)/scorelib lab

## clean: remove what was made; the reports stay
clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis

.venv/created:
	$(PYTHON) -m venv .venv
	touch $@

# The project itself is installed editable, with the build tools of the lock file.
.venv/%.done: requirements/%.txt pyproject.toml | .venv/created
	@echo "setting up .venv from $<: a minute or more, and only when that file changes"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@
