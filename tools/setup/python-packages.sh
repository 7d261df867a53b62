#!/usr/bin/env bash
# Makes .build/venv with the Python packages of the end-to-end tests, at the versions of requirements.txt.
# A second run with the same requirements does nothing.
set -euo pipefail
cd "$(dirname "$0")/../.."

requirements=Tests/EndToEnd/requirements.txt
environment=.build/venv
installed=$environment/installed.txt

if cmp --silent "$requirements" "$installed"; then exit 0; fi
echo "Installing Python packages into $environment: $(grep -oE '^[A-Za-z_-]+' "$requirements" | paste -sd ' ')"
mkdir -p .build
python3 -m venv --clear "$environment"
"$environment/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements"
# Written last: an installation that broke off is made anew.
cp "$requirements" "$installed"
