#!/usr/bin/env bash
# Runs all tests: the unit tests in a debug build, then the end-to-end tests against a release build.
# A failure of the first does not keep the second from running; the last line counts both.
set -uo pipefail
cd "$(dirname "$0")/../.."

output=.build/test-output
mkdir -p "$output"
# One a part; a part that did not run left none, and counts as a failure.
reports=("$output"/{machine,provision,end-to-end,endurance,hardening,tunnels,appliance,fuzz}.xml)
rm -f "$output"/unit*.xml "${reports[@]}"
failed=()
# A backtrace after a crash can hang for minutes; the crash itself is what counts.
export SWIFT_BACKTRACE=enable=no

# Runs a part and says how long it took.
stage() {
    local name=$1 started=$SECONDS
    shift
    echo "== $name"
    "$@" || failed+=("$name")
    echo "== $name: $((SECONDS - started)) s"
}
has_failed() { [[ " ${failed[*]} " == *" $1 "* ]]; }

build_tests() { swift build --build-tests; }
# Some tests wait for a socket or a child on a thread of the pool, which has one a core: more at a time would only
# wait for each other.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=8
unit_tests() { timeout 1200 swift test --skip-build --disable-xctest --xunit-output "$output/unit.xml"; }
# Rendered files, each handed to the program that it is for, and machines that are really set up with the release build.
provision_tests() { .build/venv/bin/pytest Tests/Provision --junit-xml "$output/provision.xml"; }
build_program() { swift build --configuration release --static-swift-stdlib --product runegate; }
end_to_end_tests() {
    .build/venv/bin/pytest Tests/EndToEnd --junit-xml "$output/end-to-end.xml"
}

stage "build the unit tests" build_tests
if ! has_failed "build the unit tests"; then
    stage "unit tests" unit_tests
    stage "the kernel's WireGuard, in an emulated machine" Tests/Machine/run.sh
fi
stage "build the program" build_program
if ! has_failed "build the program"; then
    stage "provisioning" provision_tests
    stage "end-to-end tests" end_to_end_tests
    stage "processes broken open in their sandboxes" tools/test/hardening.sh
    stage "restarts, kills and faults" tools/test/endurance.sh
    # The tunnels go before everything else and leave the processor idle: the fuzzer is built meanwhile.
    chrt --idle 0 tools/test/fuzz.sh build &
    stage "broken tunnels, in network namespaces" tools/test/tunnels.sh
    wait
    stage "the package on a Debian with its own kernel, emulated" tools/test/appliance.sh
fi
stage "fuzz" tools/test/fuzz.sh

for name in "${failed[@]}"; do echo "failed: $name" >&2; done
python3 tools/test/total.py "$output"/unit*.xml "${reports[@]}"
counted=$?
((${#failed[@]} == 0 && counted == 0))
