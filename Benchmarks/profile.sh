#!/usr/bin/env bash
# Shows where the gateway spends its CPU: Benchmarks/profile.sh [requests|paced|download|upload]; --help lists the options.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PATH:/usr/sbin"
ulimit -n "$(ulimit -Hn)"
exec python3 Benchmarks/hotspots.py "$@"
