# The commands of this project. Each sets up what it needs by itself on a fresh machine; docs/develop.md says more.
SHELL := /bin/bash
PY := .venv/bin/python
# One more than there are cores: some tests wait, for patience to end or for another process.
WORKERS := $(shell echo $$(($$(nproc) + 1)))
.DEFAULT_GOAL := help

.PHONY: help setup run cluster test check demo gallery bench soak lint format package lock clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: .venv/.ready ## system packages, Python environment in .venv

.venv/.ready: requirements.lock tools/setup
	@bash tools/setup
	@touch $@

run: setup ## a server and a kiosk with simulated devices (FRESH=1 begins anew)
	@exec $(PY) -m trial.run $(if $(FRESH),--fresh)

cluster: setup ## a small one of a big city: PostgreSQL with a replica, NATS, S3 store, two servers, nginx, on loopback
	@bash tools/setup_cluster
	@exec $(PY) -m trial.cluster $(ARGS)

test: setup lint ## lint, then all tests
	@$(PY) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -q $(ARGS)

check: setup lint ## lint, then the tests nearest to what changed, for under two minutes (BASE=a commit; else main)
	@$(PY) -m tools.check $(if $(BASE),--base $(BASE))

demo: setup ## whole visits by real touches, an officer, an administrator, field staff; pictures in build/demo
	@$(PY) -m trial.demo

gallery: setup ## every state of every screen in build/gallery (ALL=1: in every look; ACCEPT=1: renew the pictures of the tests)
	@$(PY) -m rehearsal.gallery $(if $(ALL),--all) $(if $(ACCEPT),--accept)

bench: setup ## all measures beside their peers; tables in build/bench
	@$(PY) -m benchmarks

soak: setup ## the long runs: power cuts, fuzzing, simulated days, key storms; bounded
	@bash tools/setup_cluster
	@EKIOS_SOAK=1 $(PY) -m pytest -q -m "soak or longer_in_soak" --timeout 3600 $(ARGS)

lint: setup ## formatting, types, import directions, translations
	@.venv/bin/ruff format --check --quiet . || { echo 'run: make format'; exit 1; }
	@.venv/bin/ruff check --quiet .
	@.venv/bin/lint-imports --no-cache >build/lint-imports.txt 2>&1 || { cat build/lint-imports.txt; exit 1; }
	@.venv/bin/mypy --no-error-summary
	@$(PY) -m tools.translations
	@echo 'lint: formatting, types, import directions and translations hold'

format: setup ## rewrite formatting
	@.venv/bin/ruff format . && .venv/bin/ruff check --fix .

package: setup ## Debian packages of kiosk and server in dist (SERVER=https://…: the city's address in the kiosk's)
	@KIVY_NO_CONSOLELOG=1 KIVY_NO_FILELOG=1 $(PY) -m PyInstaller --noconfirm --log-level WARN --distpath dist --workpath build/package kiosk.spec
	@$(PY) -m PyInstaller --noconfirm --log-level WARN --distpath dist --workpath build/package launcher.spec
	@$(PY) -m trial.frozen dist/kiosk/kiosk
	@$(PY) -m tools.packages kiosk $(if $(SERVER),--server $(SERVER))
	@$(PY) -m tools.packages server

lock: ## resolve requirements.lock anew from pyproject.toml (wants uv)
	@uv pip compile --quiet --universal --generate-hashes --group dev --python-version 3.11 pyproject.toml -o requirements.lock

clean: ## everything made, but not the data of trials
	@rm -rf build dist .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
