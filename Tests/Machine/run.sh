#!/usr/bin/env bash
# Reads the kernel's own WireGuard: boots Debian's kernel in an emulated machine whose only program is guest.sh, and
# counts what it reports.
#
#   Tests/Machine/run.sh     needs qemu-system-x86_64, cpio, busybox, iproute2, wireguard-tools, util-linux, kmod
#
# The kernel is fetched once with apt-get and kept (see kernel.sh).
set -euo pipefail
cd "$(dirname "$0")/../.."

probe=${WIREGUARD_PROBE:-.build/debug/wireguard-probe}
output=.build/test-output
# It takes half a minute on idle cores, and many times that on busy ones.
limit_seconds=600
mkdir -p "$output"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Puts a program into the machine, with the libraries that it is linked to.
add_program() {
    local program=$1 place=$2 library
    install -D "$program" "$root$place"
    for library in $(ldd "$program" | grep -oE '/[^ ]+'); do
        [[ -e $root$library ]] || install -D "$library" "$root$library"
    done
}

# Adds a module and what it depends on, in the order in which they are loaded.
add_module() {
    local path
    while read -r _ path _; do
        install -D "$path" "$root/modules/$(basename "$path")"
        grep -qx "$(basename "$path")" "$root/modules/order-$1" 2>/dev/null \
            || basename "$path" >>"$root/modules/order-$1"
    done < <(modprobe -d "$kernel" -S "$release" --show-depends "$1" | grep '^insmod')
}

build_image() {
    root=$work/root
    mkdir -p "$root"/{bin,proc,sys,dev,run/netns,tmp,modules,var}
    ln -s /run "$root/var/run"
    add_program "$(command -v busybox)" /bin/busybox
    for tool in ip tc; do add_program "$(command -v $tool)" /tools/$tool; done
    for tool in wg setpriv; do add_program "$(command -v $tool)" /tools/$tool; done
    add_program "$probe" /tools/probe
    for module in wireguard veth sch_netem; do add_module "$module"; done
    install -m 0755 Tests/Machine/guest.sh "$root/init"
    (cd "$root" && find . | cpio --quiet -o -H newc) | gzip -1 >"$work/initrd"
}

boot() {
    timeout "$limit_seconds" qemu-system-x86_64 -accel tcg,thread=multi -M q35 -cpu max -smp 2 -m 768 \
        -nodefaults -display none -no-reboot -serial stdio \
        -kernel "$kernel"/boot/vmlinuz-* -initrd "$work/initrd" \
        -append "console=ttyS0 quiet panic=-1 mitigations=off random.trust_cpu=on rdinit=/init" \
        </dev/null | sed -u 's/\r$//' >"$output/machine.log" || true
}

# One line of guest.sh a test: `ok NAME`, or `failed NAME` after lines that say why.
report() {
    local passed failed
    grep -E '^(ok|failed|  \|) ?' "$output/machine.log" || true
    passed=$(grep -c '^ok ' "$output/machine.log" || true)
    failed=$(grep -c '^failed ' "$output/machine.log" || true)
    if ! grep -qx 'the end' "$output/machine.log"; then
        echo "machine: it did not come to its end, see $output/machine.log" >&2
        ((failed += 1))
    fi
    {
        printf '<testsuite name="machine" tests="%d" failures="%d">' $((passed + failed)) "$failed"
        for ((i = 0; i < passed; i++)); do printf '<testcase name="machine"/>'; done
        for ((i = 0; i < failed; i++)); do printf '<testcase name="machine"><failure/></testcase>'; done
        printf '</testsuite>\n'
    } >"$output/machine.xml"
    ((failed == 0))
}

kernel=$(Tests/Machine/kernel.sh)
release=$(ls "$kernel/lib/modules")
build_image
boot
report
