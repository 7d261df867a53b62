# `make help` lists what can be done here.

.DEFAULT_GOAL := help
.PHONY: help demo test check bench release clean setup-build setup-test

help: ## List what can be done here
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: setup-build release ## Build, then run an app, the gateway and an outbox on http://localhost:7870
	.build/release/runegate demo

test: setup-test ## Run all tests: unit, then end to end with nginx, a mail server, Chromium and Gradio
	tools/test/run.sh

check: setup-build ## Lint, sanitizers and coverage
	swift format lint --strict --recursive Package.swift Sources Tests
	tools/check/sanitizers.sh
	tools/check/coverage.sh

bench: release ## Measure the gateway beside HAProxy and nginx
	Benchmarks/run.sh

release: setup-build ## Build the program: .build/release/runegate
	swift build --configuration release --static-swift-stdlib --product runegate

clean: ## Remove everything built
	rm -rf .build

setup-build:
	tools/setup/swift.sh
	tools/setup/debian-packages.sh build

setup-test: setup-build
	tools/setup/debian-packages.sh test
	tools/setup/python-packages.sh
