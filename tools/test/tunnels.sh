#!/usr/bin/env bash
# Breaks real tunnels between two hosts in network namespaces, under load, and holds what the visitors see to the bars.
#
#   tools/test/tunnels.sh             the short form of every case, three minutes
#   tools/test/tunnels.sh long        the figures of docs/FAILOVER.md, about an hour
#   tools/test/tunnels.sh [long] -k silent    a part
#
# It needs root: namespaces, WireGuard interfaces and packet filters are made.
set -euo pipefail
cd "$(dirname "$0")/../.."

export RUNEGATE_TEST_FORM=short SWIFT_BACKTRACE=enable=no
if [[ ${1:-} == long ]]; then
    RUNEGATE_TEST_FORM=long
    shift
    set -- --timeout 3600 "$@"
fi
output=$PWD/.build/test-output
mkdir -p "$output"
if ((EUID != 0)); then
    echo "tunnels: these tests make network namespaces: run them as root" >&2
    printf '<testsuite name="tunnels" tests="1" failures="1"><testcase name="run as root"><failure/></testcase></testsuite>\n' \
        >"$output/tunnels.xml"
    exit 1
fi
# Ahead of whatever else runs here: it is the tunnels that break, not the processor.
first=()
if chrt --rr 1 true 2>/dev/null; then first=(chrt --rr 1); fi
"${first[@]}" .build/venv/bin/pytest Tests/Tunnels --junit-xml "$output/tunnels.xml" "$@"
