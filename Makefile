# Everything Cabbie needs lives in .venv; nothing else on the machine is touched.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: run test lint crash faults replicas mutants switches storm bench record lock clean

run: $(READY)  ## Cabbie with its built-in Slack, Jira and ServiceNow: http://127.0.0.1:8080
	$(BIN)/cabbie sandbox

test: $(READY)
	$(BIN)/pytest -n 4
	@command -v chromium >/dev/null || echo "Left out: the browser stories, for there is no chromium here."

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .

crash: $(READY)  ## kill Cabbie at every boundary of the stories; with SEED=… KILLS=… by chance, while calls fail beside
ifdef SEED
	STORY_PATIENCE=120 $(BIN)/pytest tests/crash/test_by_chance.py -vv -n 3 --dist=worksteal --seed=$(SEED) --kills=$(or $(KILLS),100) --only=$(ONLY)
else
	$(BIN)/pytest tests/crash --every-boundary -n 3
endif

replicas: $(READY)  ## replicas killed and paused, PostgreSQL away, a rolling release; production's own settings too
	$(BIN)/pytest tests/replicas --long -s -v

faults: $(READY)  ## every call of the stories meets every fault: half an hour on two cores, mostly waiting
	$(BIN)/pytest tests/faults --every-fault -n 8 --dist=worksteal

mutants: $(READY)  ## every deliberate bug has to be noticed by a test
	$(BIN)/pytest tests/mutants --every-mutant -n 3

switches: $(READY)  ## the story with each point turned on which the vendors' documents disagree
	$(BIN)/pytest tests/stories/test_switches.py --every-switch

storm: $(READY)  ## five hundred announcements at once, ten thousand messages in a channel; figures beside it
	$(BIN)/pytest tests/storms --storm -s

bench: $(READY)  ## figures beside a baseline; only what they rest on fails, never a time
	$(BIN)/pytest -q tests/bench --bench
	$(BIN)/python -m tests.bench

record: $(READY)  ## the cassettes anew, from the stand-ins or from the systems your environment names
	$(BIN)/pytest tests/integrations/*/test_client_cassettes.py --record-mode=rewrite

lock:  ## names, versions and hashes; no host names
	$(PYTHON) -m venv $(VENV)-uv && $(VENV)-uv/bin/pip -q install uv
	$(VENV)-uv/bin/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11 pyproject.toml -o requirements.txt
	$(VENV)-uv/bin/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11 --group dev pyproject.toml -o requirements-dev.txt

clean:
	rm -rf $(VENV) $(VENV)-uv

$(READY): requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Cabbie needs Python 3.11 or newer; set PYTHON=python3.12, say." if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/pip install -q --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@
