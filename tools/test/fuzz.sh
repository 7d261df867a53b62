#!/usr/bin/env bash
# Fuzzes every reader of foreign bytes with libFuzzer and AddressSanitizer: first the kept seeds, then for a while
# what the fuzzer makes up.
#
#   tools/test/fuzz.sh [SECONDS EACH] [TARGET...]     by default 7 seconds each, a minute for what root reads
#   tools/test/fuzz.sh build                          only builds it
set -uo pipefail
cd "$(dirname "$0")/../.."

scratch=.build/fuzz
output=.build/test-output/fuzz
mkdir -p "$output"
# A backtrace after a crash can hang for minutes holding the pipe; libFuzzer prints its own.
export SWIFT_BACKTRACE=enable=no

build() {
    RUNEGATE_FUZZ=1 swift build --product runegate-fuzz --sanitize address --scratch-path "$scratch" \
        >"$output/build.log" 2>&1
}
# What the kernel and WireGuard programs say is parsed with a capability in hand.
seconds_for() {
    case $1 in
        netlink | wireguard-userspace) echo "${seconds:-60}" ;;
        *) echo "${seconds:-7}" ;;
    esac
}
# Fuzzes one target, and leaves a line of its report.
fuzz() {
    local target=$1 corpus=.build/fuzz-corpus/$1 leaks=1 runs
    local flags=(-max_total_time="$(seconds_for "$1")" -max_len=4096 -timeout=10 -artifact_prefix="$output/$1-")
    mkdir -p "$corpus"
    # TOMLKit keeps a few bytes of each table it parses; leaks of ours are looked for everywhere else.
    if [[ $target == configuration ]]; then leaks=0 flags+=(-detect_leaks=0); fi
    if ASAN_OPTIONS=detect_leaks=$leaks "$scratch/debug/runegate-fuzz" "$target" "${flags[@]}" "$corpus" "Fuzz/Corpus/$target" \
        >"$output/$target.log" 2>&1; then
        runs=$(sed -nE 's/^Done ([0-9]+) runs.*/\1/p' "$output/$target.log")
        echo "fuzz $target: $runs inputs, nothing found"
        echo "<testcase name=\"$target\"/>" >"$output/$target.case"
    else
        echo "fuzz $target: found something, see $output/$target.log" >&2
        grep -E 'Fatal error|ERROR:|Assertion' "$output/$target.log" | head -n 3 >&2
        echo "<testcase name=\"$target\"><failure/></testcase>" >"$output/$target.case"
    fi
}

if ! build; then
    grep -E 'error:' "$output/build.log" | sort -u
    echo "The fuzzer does not build: see $output/build.log" >&2
    exit 1
fi
if [[ ${1:-} == build ]]; then exit 0; fi
seconds=${1:-}
shift || true
# Backwards, so that what takes a minute does not come last.
if (($# > 0)); then targets=("$@"); else mapfile -t targets < <(ls --reverse Fuzz/Corpus); fi

rm -f "$output"/*.case
for target in "${targets[@]}"; do
    # One a core.
    while (($(jobs -rp | wc -l) >= $(nproc))); do wait -n; done
    fuzz "$target" &
done
wait
{
    echo '<testsuite name="fuzz">'
    for target in "${targets[@]}"; do
        # Whoever left no report has not come to its end.
        cat "$output/$target.case" 2>/dev/null || echo "<testcase name=\"$target\"><failure/></testcase>"
    done
    echo '</testsuite>'
} >"$output/../fuzz.xml"
! grep -q '<failure/>' "$output/../fuzz.xml"
