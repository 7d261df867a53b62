#!/usr/bin/env bash
# Fuzzes every reader of foreign bytes with libFuzzer and AddressSanitizer: first the kept seeds, then for a while
# what the fuzzer makes up.
#
#   tools/test/fuzz.sh [SECONDS EACH] [TARGET...]     by default 7 seconds each, a minute for what root reads
set -uo pipefail
cd "$(dirname "$0")/../.."

seconds=${1:-}
shift || true
scratch=.build/fuzz
output=.build/test-output/fuzz
mkdir -p "$output"
# A backtrace after a crash can hang for minutes holding the pipe; libFuzzer prints its own.
export SWIFT_BACKTRACE=enable=no

if ! RUNEGATE_FUZZ=1 swift build --product runegate-fuzz --sanitize address --scratch-path "$scratch" \
    >"$output/build.log" 2>&1; then
    grep -E 'error:' "$output/build.log" | sort -u
    echo "The fuzzer does not build: see $output/build.log" >&2
    exit 1
fi

if (($# > 0)); then targets=("$@"); else mapfile -t targets < <(ls Fuzz/Corpus); fi
# What the kernel and WireGuard programs say is parsed with a capability in hand.
seconds_for() {
    case $1 in
        netlink | wireguard-userspace) echo "${seconds:-60}" ;;
        *) echo "${seconds:-7}" ;;
    esac
}

passed=0 failed=0
for target in "${targets[@]}"; do
    corpus=.build/fuzz-corpus/$target
    mkdir -p "$corpus"
    flags=(-max_total_time="$(seconds_for "$target")" -max_len=4096 -timeout=10 -artifact_prefix="$output/$target-")
    # TOMLKit keeps a few bytes of each table it parses; leaks of ours are looked for everywhere else.
    leaks=1
    if [[ $target == configuration ]]; then leaks=0 flags+=(-detect_leaks=0); fi
    if ASAN_OPTIONS=detect_leaks=$leaks "$scratch/debug/runegate-fuzz" "$target" "${flags[@]}" "$corpus" "Fuzz/Corpus/$target" \
        >"$output/$target.log" 2>&1; then
        runs=$(sed -nE 's/^Done ([0-9]+) runs.*/\1/p' "$output/$target.log")
        echo "fuzz $target: $runs inputs, nothing found"
        ((passed += 1))
    else
        echo "fuzz $target: found something, see $output/$target.log" >&2
        grep -E 'Fatal error|ERROR:|Assertion' "$output/$target.log" | head -n 3 >&2
        ((failed += 1))
    fi
done
printf '<testsuite name="fuzz" tests="%d" failures="%d">' $((passed + failed)) "$failed" >"$output/../fuzz.xml"
for ((i = 0; i < passed; i++)); do printf '<testcase name="fuzz"/>'; done >>"$output/../fuzz.xml"
for ((i = 0; i < failed; i++)); do printf '<testcase name="fuzz"><failure/></testcase>'; done >>"$output/../fuzz.xml"
printf '</testsuite>\n' >>"$output/../fuzz.xml"
((failed == 0))
