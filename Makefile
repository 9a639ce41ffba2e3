VENV := .venv
BIN := $(VENV)/bin
# The first Python that is new enough and can make an environment; PYTHON=... names another one.
# What a name on the PATH leads to is tried: pyenv has names that lead to nothing.
NEW_ENOUGH := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))
CANDIDATES := $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11)
BASE_PYTHON := $(shell for name in $(CANDIDATES); \
	do "$$name" -c "$(NEW_ENOUGH)" 2>/dev/null && echo "$$name" && break; done)
PRINT_VERSION := import sys; print(*sys.version_info[:2], sep='.')
# CI installs the pinned versions: make test CONSTRAINTS=.ci/constraints.txt
CONSTRAINTS ?=
PEERS := "mastodon_mock>=0.6.1,<0.7"
# The tests' rewritten asserts are kept compiled: each worker making them anew takes a fifth of a run.
export PYTHONDONTWRITEBYTECODE :=
PIP_FLAGS := $(if $(CONSTRAINTS),--constraint $(CONSTRAINTS))

.PHONY: demo test rehearse check acceptance bench chaos soak hostile pictures messages format clean

# An environment of another version of Python, or one that was not made to its end, is made anew.
ifneq ($(shell $(BIN)/python -c "import pip; $(PRINT_VERSION)" 2>/dev/null),$(if $(BASE_PYTHON),$(shell "$(BASE_PYTHON)" -c "$(PRINT_VERSION)")))
.PHONY: $(BIN)/python
endif

$(BIN)/python:
	@[ -n "$(BASE_PYTHON)" ] || { \
		echo "No Python 3.11 or newer with its venv module among: $(CANDIDATES)." >&2; exit 1; }
	"$(BASE_PYTHON)" -m venv --clear $(VENV)

$(VENV)/.runtime: $(BIN)/python pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check $(PIP_FLAGS) --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.runtime
	$(BIN)/pip install --quiet --disable-pip-version-check $(PIP_FLAGS) --editable ".[dev]"
	touch $@

# Other people's servers to rehearse against, apart: what they bring along (orjson) would change what
# discord.py does here.
$(VENV)/.peers: $(VENV)/.dev
	$(BIN)/python -m venv --clear $(VENV)/peers
	$(VENV)/peers/bin/pip install --quiet --disable-pip-version-check $(PIP_FLAGS) $(PEERS)
	touch $@

demo: $(VENV)/.runtime
	$(BIN)/hotpapers demo

# More workers than cores: several tests wait for a subprocess most of their time.
# One file: make test ONLY=tests/ranking/test_scoring.py
test: $(VENV)/.dev
	$(BIN)/pytest $(if $(ONLY),$(ONLY),--numprocesses 4 --dist worksteal) -m "not rehearsal"

# The program as a subprocess, started, killed and asked again and again, and the lives of bots over
# months and years: minutes. CI runs it too. What failed is tried once more alone: Discord's three seconds
# and the like are kept on a machine that has nothing else to do.
rehearse: $(VENV)/.peers
	$(BIN)/pytest --numprocesses 3 --dist worksteal -m rehearsal || \
	$(BIN)/pytest --last-failed --last-failed-no-failures none -m rehearsal

POT := $(VENV)/hotpapers.pot
EXTRACT := $(BIN)/pybabel --quiet extract --keywords N_ --keywords NP_:1c,2 --add-location file \
	--sort-by-file --no-wrap --output-file $(POT) bot cogs
UPDATE := $(BIN)/pybabel --quiet update --domain hotpapers --input-file $(POT) \
	--output-dir bot/messages/locale --no-fuzzy-matching --ignore-obsolete --no-wrap \
	--ignore-pot-creation-date

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(EXTRACT)
	$(UPDATE) --check

# Minutes each, so not part of `make test`.
bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

chaos: $(VENV)/.dev
	$(BIN)/python -m tests.chaos

# 24 hours with 10,000 servers, in six minutes.
soak: $(VENV)/.dev
	$(BIN)/python -m tests.soak

# A hundred thousand papers that want to break a message; `make test` tries a hundred.
hostile: $(VENV)/.dev
	$(BIN)/python -m tests.hostile

# Every kind of message, as Discord shows it, into docs/images/. Needs a Chromium.
pictures: $(VENV)/.dev
	$(BIN)/python -m tests.pictures

# Against what others wrote: arXiv's own servers, mastodon_mock, @discordjs/builders. Fetches them once
# into a folder outside the project; what cannot be had is left out with a word. Two minutes.
acceptance: $(VENV)/.peers
	$(BIN)/python -m tests.acceptance

# Texts that were marked or changed go into the catalogues of all languages, what is gone goes.
messages: $(VENV)/.dev
	$(EXTRACT)
	$(UPDATE)

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) $(VENV)-3.* hotpapers-demo build dist
