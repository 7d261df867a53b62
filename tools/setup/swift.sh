#!/usr/bin/env bash
# Checks that Swift 6.3 or newer is here, and says where to get it otherwise.
set -euo pipefail

if ! command -v swift >/dev/null; then
    echo "Swift is not installed. Runegate needs Swift 6.3 or newer: https://www.swift.org/install/linux/" >&2
    exit 1
fi
if ! swift --version >/dev/null 2>&1; then
    echo "Swift is there but does not run: it needs Debian packages of its own, which its guide lists:" >&2
    echo "https://www.swift.org/install/linux/" >&2
    exit 1
fi
version=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' | head -n 1)
if [[ $(printf '%s\n' 6.3 "$version" | sort --version-sort | head -n 1) != 6.3 ]]; then
    echo "Swift $version is too old. Runegate needs Swift 6.3 or newer: https://www.swift.org/install/linux/" >&2
    exit 1
fi
