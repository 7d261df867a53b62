#!/usr/bin/env bash
# Breaks each process open inside its sandbox, and measures what the units keep to.
#
#   tools/test/hardening.sh           the short form of every case
#   tools/test/hardening.sh long      the figures of docs/HARDENING.md, about two minutes
#   tools/test/hardening.sh [long] -k serve    a part
#
# It needs root, the debug build and the release build: machines with a systemd of their own are made.
set -euo pipefail
cd "$(dirname "$0")/../.."

export RUNEGATE_TEST_FORM=short SWIFT_BACKTRACE=enable=no
if [[ ${1:-} == long ]]; then
    RUNEGATE_TEST_FORM=long
    shift
fi
.build/venv/bin/pytest Tests/Hardening --junit-xml .build/test-output/hardening.xml "$@"
