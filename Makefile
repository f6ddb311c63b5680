# Every verb does its own set-up, so any of them works first on a fresh machine.
SHELL := /bin/bash
PYTHON := .venv/bin/python
# A process a core; a module's tests stay together, for what they share, the slowest first.
PYTEST := $(PYTHON) -m pytest -q -n auto --maxprocesses 8 --dist loadscope --no-loadscope-reorder
CENTRAL_PORT ?= 8470
export CENTRAL_PORT
# Hundreds of processes are started: what was compiled once is kept, whatever the machine says.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run tour test check faults layout gallery bench bundle appliance setup

help:  ## list the verbs
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 10

run:  ## the whole product on this machine, in the foreground; Ctrl-C ends it
	@deploy/setup $$([[ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]] && echo run || echo view)
	@exec $(PYTHON) -m deploy.demo.run

tour:  ## a scripted visit through the real glass; leaves var/tour/
	@deploy/setup dev
	@exec $(PYTHON) -m tests.journey.tour

test:  ## the whole test suite
	@deploy/setup dev
	$(PYTEST)

check:  ## style, types, import rules, translations, units
	@deploy/setup dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(PYTHON) -m deploy.checks

faults:  ## the long fault suite: power cuts, kills, disks, networks, clocks
	@deploy/setup dev
	FAULTS=long $(PYTEST) tests/faults tests/sync/central/test_described.py tests/sync/central/test_postgresql.py tests/kiosk/screens/test_monkey.py

layout:  ## every screen on every panel, in all languages, with all helps
	@deploy/setup dev
	LAYOUT=all $(PYTEST) -n 0 tests/kiosk/screens/test_layout.py

gallery:  ## every screen in Thai and Khmer, lying and upright; leaves var/gallery/
	@deploy/setup dev
	@exec $(PYTHON) -m tests.kiosk.screens.gallery

bench:  ## the benchmarks, each beside its peer; writes var/bench.json
	@deploy/setup dev
	@exec $(PYTHON) -m tests.bench

bundle:  ## the offline install bundle, in var/bundles/; VERSION= and KEY= if wanted
	@deploy/setup dev
	@exec $(PYTHON) -m deploy.bundling $(if $(VERSION),--version $(VERSION)) $(if $(KEY),--key $(KEY))

appliance:  ## a Debian, booted and made a kiosk by the bundle alone; needs root; writes var/appliance.json
	@deploy/setup dev
	APPLIANCE=long $(PYTHON) -m pytest -q -n 0 tests/appliance

setup:  ## everything the other verbs install
	@deploy/setup dev
