# Two commands do all the set-up: `make demo` and `make test`. The rest is for developing.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip --disable-pip-version-check --quiet
REPORTS := reports
# The folder of the real sample data, where it is there; without it the data are generated.
export RSNB_DATA ?= $(abspath $(wildcard ../shared/data))

.PHONY: demo test lint bench lab clean

demo: .venv/installed  ## run the two stories on the embedded warehouse and write their pages
	$(BIN)/rsnb prepare
	$(BIN)/rsnb report notebooks/01_readmissions.ipynb notebooks/02_earthquakes.ipynb --to $(REPORTS)
	@echo "open $(abspath $(REPORTS))/01_readmissions.html and 02_earthquakes.html"

test: .venv/testing lint  ## everything that can be checked
	$(BIN)/pytest --numprocesses 2 --dist loadgroup

lint: .venv/testing  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/testing  ## measure against the peers, in environments of their own
	$(BIN)/python -m tests.benchmarks

lab: .venv/lab  ## JupyterLab with the notebooks
	$(BIN)/jupyter lab notebooks

clean:
	rm -rf .venv .bench-venv .rsnb $(REPORTS)

.venv/installed: pyproject.toml hatch_build.py
	$(PYTHON) -m venv .venv
	$(PIP) install --editable .
	touch $@

.venv/testing: .venv/installed tests/install
	$(PIP) install --editable '.[test,polars,sagemaker]'
	tests/install
	touch $@

.venv/lab: .venv/installed
	$(PIP) install --editable '.[lab]'
	touch $@
