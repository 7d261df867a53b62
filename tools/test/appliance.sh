#!/usr/bin/env bash
# Boots Debian in emulated machines, installs the package on them, sets them up as an owner does, breaks tunnels and
# restarts the machines.
#
#   tools/test/appliance.sh          the public server alone: four minutes, and a few more when the image is made first
#   tools/test/appliance.sh long     that, and both machines: writes docs/APPLIANCE.md
#
# It needs root, for the network between the machines and for the image, and the release build.
set -euo pipefail
cd "$(dirname "$0")/../.."

export SWIFT_BACKTRACE=enable=no RUNEGATE_TEST_FORM=short
tests=(Tests/Appliance/test_one_machine.py)
if [[ ${1:-} == long ]]; then
    RUNEGATE_TEST_FORM=long
    shift
    tests=(Tests/Appliance)
fi
.build/venv/bin/pytest "${tests[@]}" --junit-xml .build/test-output/appliance.xml "$@"
