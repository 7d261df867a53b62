#!/usr/bin/env bash
# Measures the gateway's bars beside HAProxy and nginx: Benchmarks/run.sh --help lists the options.
set -euo pipefail
cd "$(dirname "$0")/.."

for program in haproxy nginx wrk; do
    command -v "$program" >/dev/null || tools/setup/debian-packages.sh bench
done
# Debian keeps nginx and haproxy where only root looks.
export PATH="$PATH:/usr/sbin"
ulimit -n "$(ulimit -Hn)"
exec python3 Benchmarks/bench.py "$@"
