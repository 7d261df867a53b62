# `make help` lists what can be done here.

.DEFAULT_GOAL := help
.PHONY: help demo test test-long hardening test-appliance check bench release deb clean setup setup-test

help: ## List what can be done here
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: release ## Build, then run an app, the gateway and an outbox on http://localhost:7870
	.build/release/runegate demo

test: setup-test ## Run all tests: unit, then end to end with nginx, a mail server, Chromium and Gradio, then broken tunnels
	tools/test/run.sh

test-long: setup-test release ## Break real tunnels, then endure restarts, kills and faults, as root, for three hours; writes docs/FAILOVER.md and docs/ENDURANCE.md
	tools/test/tunnels.sh long
	tools/test/endurance.sh long

hardening: setup-test release ## Break each process open in its sandbox, measure the units, as root; writes docs/HARDENING.md
	swift build --product runegate
	tools/test/hardening.sh long

test-appliance: setup-test release ## Install the package on two emulated Debians, set them up, break and restart them, as root; writes docs/APPLIANCE.md
	tools/test/appliance.sh long

check: setup-test ## Lint, sanitizers, coverage, and whether the tests notice a decision that is turned over
	swift format lint --strict --recursive Package.swift Sources Tests Fuzz
	.build/venv/bin/ruff check
	.build/venv/bin/ruff format --check
	tools/check/sanitizers.sh
	tools/check/coverage.sh
	python3 tools/check/mutation.py

bench: release ## Measure the gateway beside HAProxy and nginx
	Benchmarks/run.sh

release: setup ## Build the program: .build/release/runegate
	swift build --configuration release --static-swift-stdlib --product runegate

deb: release ## Make a Debian package of it: .build/runegate_VERSION_ARCHITECTURE.deb
	tools/setup/debian-packages.sh package
	tools/build/deb.sh

clean: ## Remove everything built
	rm -rf .build

setup: ## Install what building needs
	tools/setup/swift.sh
	tools/setup/debian-packages.sh build

setup-test: setup ## Install what the tests need
	tools/setup/debian-packages.sh test package
	tools/setup/python-packages.sh
