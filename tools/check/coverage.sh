#!/usr/bin/env bash
# Runs the unit tests with coverage and prints the share of lines covered, by module.
set -euo pipefail
cd "$(dirname "$0")/../.."

scratch=.build/coverage
swift test --enable-code-coverage --scratch-path "$scratch" --disable-xctest --quiet
report=$(swift test --enable-code-coverage --scratch-path "$scratch" --show-codecov-path)
python3 tools/check/coverage.py "$report"
