# `make run` and `make test` set everything up by themselves; `make help` lists the rest.
# No path of this file is absolute, so that folders with spaces in their names work.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup run test test-long demo pictures manual-pictures backup restore drill prove bench million lint lock clean

PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$name" && break; done)
NEED = test -n "$(PYTHON)" || { echo 'Python 3.11 or newer is missing: install python3.11 and its venv module.' >&2; exit 1; }
# Sets up what is not, then becomes `python -m msw_portal.embedded <command>` of the virtual environment.
START = @$(NEED); exec "$(PYTHON)" -I msw_portal/embedded/installing.py
IN_VENV = .venv/bin/python
BESIDE = exec -- $(IN_VENV)
BESIDE_SERVERS = $(IN_VENV) -m msw_portal.embedded exec -- $(IN_VENV)

ARGS ?=
PG ?=
PORT ?= 8000
SIZE ?=
ONLY ?=
export PG PORT

help: ## this list
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## (.*)$$/  \1|\2/' | \
		while IFS='|' read -r verb text; do printf '%-12s %s\n' "$$verb" "$$text"; done

setup: ## install the pinned packages and build the front end, nothing else
	$(START) setup

run: ## serve the portal with its own servers under var/; PORT=8000
	$(START) run

test: ## the whole suite on servers of its own; ARGS='tests/cases -k close', PG=<folder of server binaries>
	$(START) test -- -m 'not long' $(if $(ARGS),$(ARGS),-n 3 --dist loadgroup)

test-long: ## soak, kill and million-row runs
	$(START) test -- -m long $(ARGS)

demo: ## make the demo world; SIZE=<number of cases>, up to a million and more
	$(START) $(BESIDE) manage.py migrate --noinput -v0
	$(START) $(BESIDE) manage.py seed_demo $(if $(SIZE),--size $(SIZE))

backup: ## dump and files into a new folder of var/backups; KEEP=<how many stay>
	$(START) $(BESIDE) -m msw_portal.backups backup $(if $(KEEP),--keep $(KEEP))

restore: ## into an empty database and compare; INTO=<database> MEDIA=<folder> FROM=<folder of a backup>
	@test -n '$(INTO)' -a -n '$(MEDIA)' || { echo 'Say where to: make restore INTO=msw_restored MEDIA=var/media-restored [FROM=var/backups/...].' >&2; exit 1; }
	$(START) $(BESIDE) -m msw_portal.backups restore --into '$(INTO)' --media '$(MEDIA)' $(if $(FROM),--from '$(FROM)')

drill: ## restore the newest backup elsewhere, compare everything, throw it away; FROM=<folder>
	$(START) $(BESIDE) -m msw_portal.backups drill $(if $(FROM),--from '$(FROM)')

prove: ## run every recompute query on the data; no difference may be found
	$(START) $(BESIDE) manage.py prove

bench: ## the busiest pages as ratios to a bare answer; SIZE=<cases>, ONLY=<names>
	$(START) private -- $(IN_VENV) -m benchmarks.run $(if $(SIZE),--size $(SIZE)) $(if $(ONLY),--only $(ONLY)) $(ARGS)

million: ## load, prove, guard and bench in one go, unattended, on servers that stay; SIZE=1000000 ONLY=<names> STEPS=<names>
	$(START) servers
	$(BESIDE_SERVERS) -m benchmarks.million $(if $(SIZE),--size $(SIZE)) $(if $(ONLY),--only $(ONLY)) $(if $(STEPS),--steps $(STEPS))

pictures: ## every page of every role as pictures with what is wrong on it into var/pictures, from a running `make run`; PORT=8000 ARGS='--roles worker=a.worker'
	$(START) $(BESIDE) docs/walking.py http://127.0.0.1:$(PORT) $(ARGS)

manual-pictures: ## the pictures of the manuals, from a running `make run`; PORT=8000 ONLY=<names of docs/pictured.py>
	$(IN_VENV) docs/picturing.py http://127.0.0.1:$(PORT) --only '$(ONLY)'

lint: ## ruff, bandit, the two import lines, the form of the templates, secrets, known holes in packages
	$(START) setup
	$(IN_VENV) -m ruff check .
	$(IN_VENV) -c 'from importlinter.cli import lint_imports_command as lint; lint()'
	$(IN_VENV) -m djhtml --tabwidth 2 --check templates
	$(IN_VENV) -m bandit -q -c pyproject.toml -r msw_portal departments cases volunteers projects donations reports deploy benchmarks manage.py
	$(IN_VENV) deploy/auditing.py secrets
	$(IN_VENV) deploy/auditing.py packages

lock: ## pin in requirements.lock what requirements.in asks for, from a clean environment
	@$(NEED)
	rm -rf var/lock
	"$(PYTHON)" -m venv var/lock
	var/lock/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.in
	var/lock/bin/python -m pip check
	var/lock/bin/python -m pip freeze > requirements.lock
	rm -rf var/lock

clean: ## remove what can be made again; with DATA=1 also var/: database, files, keys
	@test ! -x $(IN_VENV) || $(IN_VENV) -m msw_portal.embedded stop
	rm -rf .venv node_modules static/dist .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	$(if $(DATA),rm -rf var,@echo 'The data under var/ stay; `make clean DATA=1` removes them.')
