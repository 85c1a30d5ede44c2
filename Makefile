# Every target sets up what it needs in .venv. All that must be there is make and Python 3.11 or newer.

PYTHON ?= python3
RUN := .venv/bin/python
TESTS ?= tests
WORKERS ?= 2

.DEFAULT_GOAL := help

# Tests and benchmarks start hundreds of processes: none is to compile again what another has compiled.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo demo-serve test test-full torture lint format bench bench-accuracy bench-curves bench-speed screenshots docs clean

help:
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 24

demo: demo-ready  ## The story of onecopy on a permit archive, in three minutes
	@$(RUN) -m demo run demo-out

demo-serve: demo-ready  ## The review desk with the demo's questions, until Ctrl-C
	@$(RUN) -m demo serve demo-out

test: dev-ready browser s3  ## Tests, without the long ones
	@$(RUN) -m pytest -n $(WORKERS) --dist worksteal -m "not slow and not torture" $(TESTS)

test-full: dev-ready browser s3  ## All tests but the torture
	@$(RUN) -m pytest -n $(WORKERS) --dist worksteal -m "not torture" $(TESTS)

torture: dev-ready s3  ## Kills, faults and fuzzing
	@$(RUN) -m pytest -m torture $(TESTS) || [ $$? -eq 5 ]

lint: dev-ready  ## Style, types and the direction of imports
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

format: dev-ready  ## Put the code into the one format
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

bench: bench-accuracy bench-speed  ## Accuracy and speed, as tables

bench-accuracy: dev-ready  ## Accuracy alone
	@$(RUN) -m benchmarks.accuracy

bench-curves: dev-ready  ## The last bench-accuracy as curves in docs/images and short tables
	@$(RUN) -m benchmarks.accuracy.curves

bench-speed: dev-ready  ## Speed alone, beside others
	@$(RUN) -m benchmarks.speed
	@$(RUN) -m benchmarks.peers

screenshots: dev-ready browser  ## Every page of the demo's service as pictures, into screenshots/
	@ONECOPY_PUBLIC_PAGE=yes $(RUN) tools/screenshots.py

docs: dev-ready  ## Write the generated pages and check all of them
	@$(RUN) tools/pages.py
	@$(RUN) -m pytest tests/docs

clean:  ## Remove everything that was made here
	rm -rf .venv demo-out screenshots build dist src/*.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: demo-ready dev-ready browser s3
demo-ready:
	@$(PYTHON) tools/prepare.py demo

dev-ready:
	@$(PYTHON) tools/prepare.py dev

browser:
	@$(PYTHON) tools/prepare.py browser

s3:
	@$(PYTHON) tools/prepare.py s3
