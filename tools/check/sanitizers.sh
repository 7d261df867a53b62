#!/usr/bin/env bash
# Runs the unit tests under ThreadSanitizer and AddressSanitizer, each in its own build folder.
# A finding does not always fail the test line, so the output is searched for reports too.
set -uo pipefail
cd "$(dirname "$0")/../.."

output=.build/test-output
mkdir -p "$output"
status=0
# A backtrace after a crash can hang for minutes; the sanitizer's own report says more.
export SWIFT_BACKTRACE=enable=no
# As in tools/test/run.sh: more tests at a time would only wait for each other.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=8
# The test runner itself leaks a few hundred bytes at exit.
export LSAN_OPTIONS=suppressions=$PWD/tools/check/leaks.txt:print_suppressions=0

for sanitizer in thread address; do
    log=$output/$sanitizer-sanitizer.log
    echo "== unit tests under the $sanitizer sanitizer"
    swift test --sanitize "$sanitizer" --scratch-path ".build/$sanitizer-sanitizer" --disable-xctest 2>&1 |
        tee "$log" | grep -E 'error:|Sanitizer|Test run|✘'
    if ((PIPESTATUS[0] != 0)) || grep -qE '(WARNING|ERROR): [A-Za-z]+Sanitizer' "$log"; then
        echo "The $sanitizer sanitizer found something: see $log" >&2
        status=1
    fi
done
exit "$status"
