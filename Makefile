# Everything a person types. `make` alone prints this list.

CARGO ?= cargo
PYTHON ?= python3
PREFIX ?= /usr/local
CORPUS ?= ../shared/corpus
SCORER ?= ../shared/score/score.py
FUZZ_SECONDS ?= 60

# Weights lie beside the native libraries, so that `make clean-demo` and `cargo clean` keep them.
export EARWITNESS_MODELS ?= $(CURDIR)/native/models

EARWITNESS = target/release/earwitness
VENV = native/venv
# Doc tests run from a temporary folder, where the binaries' own search path leads nowhere.
LIBRARIES = LD_LIBRARY_PATH="$(CURDIR)/native/lib:$$LD_LIBRARY_PATH"

.DEFAULT_GOAL := help
.PHONY: help demo demo-stop test browser score bench lint doc fuzz-smoke install clean-demo system native web release models models-dev python

help: ## print this list
	@echo "earwitness: recorded calls in, a searchable archive of transcripts out"
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /|/' | awk -F'|' '{ printf "  make %-12s %s\n", $$1, $$2 }'

demo: release models ## take the fictional delivery in demo/ all the way, and open the workbench on it
	@EARWITNESS=$(EARWITNESS) bash tools/demo.sh
	@$(PYTHON) tools/demo_workbench.py start $(EARWITNESS) demo/out

demo-stop: ## end the workbench that `make demo` left running
	@$(PYTHON) tools/demo_workbench.py stop demo/out

test: system native web models-dev python ## run the whole suite: real recognition, a real browser
	$(LIBRARIES) $(CARGO) test --workspace --doc --quiet
	@if $(CARGO) nextest --version >/dev/null 2>&1; \
	  then EARWITNESS_PYTHON="$(CURDIR)/$(VENV)/bin/python" $(CARGO) nextest run --workspace --no-fail-fast; \
	  else EARWITNESS_PYTHON="$(CURDIR)/$(VENV)/bin/python" $(CARGO) test --workspace --lib --bins --tests; fi
	npm --prefix web run --silent test
	@$(MAKE) --no-print-directory browser

browser: web models-dev ## the workbench and the demonstration's story in a real Chromium
	@bash tools/system.sh browser
	@$(LIBRARIES) EARWITNESS=target/debug/earwitness bash tools/browser.sh

score: release models ## import, process, search, verify, export and score CORPUS=../shared/corpus
	@EARWITNESS=$(EARWITNESS) bash tools/score.sh "$(CORPUS)" "$(SCORER)"

bench: release models ## compare speed and memory with the peers (docs/benchmarks.md keeps the figures)
	$(PYTHON) bench/speed.py --earwitness $(EARWITNESS)
	$(PYTHON) bench/import.py --earwitness $(EARWITNESS)

lint: native web ## formatting and lints, warnings are errors
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	npm --prefix web run --silent check

doc: native ## the API documentation of every crate, warnings are errors
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps

fuzz-smoke: native ## fuzz each parser of outside data for FUZZ_SECONDS=60
	@bash tools/fuzz.sh $(FUZZ_SECONDS)

install: release ## put the program and its libraries under PREFIX=/usr/local
	@EARWITNESS=$(EARWITNESS) bash tools/install.sh "$(DESTDIR)$(PREFIX)"

clean-demo: demo-stop ## remove what `make demo` and `make score` made; fetched libraries and weights stay
	rm -rf demo/out .score target/browser

# --- steps ---------------------------------------------------------------------------------------

system:
	@bash tools/system.sh

native: system
	@$(PYTHON) tools/native.py

web: system
	@bash tools/web.sh

release: native web
	$(CARGO) build --release -p earwitness-cli

models: release
	$(EARWITNESS) models fetch base

# Built as the tests are built, so that nothing is built twice.
models-dev: native
	$(CARGO) test --workspace --no-run
	target/debug/earwitness models fetch base

python: system
	@PYTHON=$(PYTHON) bash tools/python.sh $(VENV)
