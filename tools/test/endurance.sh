#!/usr/bin/env bash
# Restarts, kills and hinders the program while people use it.
#
#   tools/test/endurance.sh           the short form of every case
#   tools/test/endurance.sh long      the figures of docs/ENDURANCE.md, about two hours
#   tools/test/endurance.sh [long] -k kills    a part
#
# It needs root: machines with a systemd of their own, network namespaces and mounts are made.
set -euo pipefail
cd "$(dirname "$0")/../.."

export RUNEGATE_TEST_FORM=short SWIFT_BACKTRACE=enable=no
if [[ ${1:-} == long ]]; then
    RUNEGATE_TEST_FORM=long
    shift
    set -- --timeout 7200 "$@"
fi
.build/venv/bin/pytest Tests/Endurance --junit-xml .build/test-output/endurance.xml "$@"
