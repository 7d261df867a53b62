#!/usr/bin/env bash
# Installs the Debian packages that are still missing, and says which.
#
#   tools/setup/debian-packages.sh build          what the program is built with
#   tools/setup/debian-packages.sh build test     also what the end-to-end tests run against
#   tools/setup/debian-packages.sh package        what the Debian package is made with
#   tools/setup/debian-packages.sh bench          what the benchmarks measure beside, and with
#
# Runs as root, or through sudo otherwise.
set -euo pipefail

build=(libmnl-dev libssl-dev libsystemd-dev libsqlite3-dev libqrencode-dev pkg-config)
test=(chromium curl nginx openssl python3-venv)
# Real tunnels in network namespaces, and the kernel's own in an emulated machine.
test+=(busybox cpio iproute2 kmod nftables procps qemu-system-x86 strace ufw util-linux wireguard-go wireguard-tools)
# Provisioned machines with a systemd of their own, an authority for their certificate, and a Debian to install on.
test+=(certbot groff-base mmdebstrap pebble sqlite3 systemd-container)
# Disks that fill up or are booted from, and a wall clock that jumps.
test+=(e2fsprogs gcc libc6-dev mount)
package=(binutils dpkg-dev)
bench=(haproxy nginx python3 wrk)

wanted=()
for group in "$@"; do
    case $group in
        build) wanted+=("${build[@]}") ;;
        test) wanted+=("${test[@]}") ;;
        package) wanted+=("${package[@]}") ;;
        bench) wanted+=("${bench[@]}") ;;
        *)
            echo "debian-packages: no such group: $group (build, test, package, bench)" >&2
            exit 64
            ;;
    esac
done

is_installed() {
    [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

missing=()
for package in "${wanted[@]}"; do
    is_installed "$package" || missing+=("$package")
done
if ((${#missing[@]} == 0)); then exit 0; fi

as_root=()
if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
        echo "These Debian packages are missing, and there is no sudo to install them with. As root, run:" >&2
        echo "    apt-get install --no-install-recommends ${missing[*]}" >&2
        exit 1
    fi
    as_root=(sudo)
fi

echo "Installing Debian packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
# A service that a package would start here (nginx on port 80) is not ours to start: the tests run their own.
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" install -m 0755 /dev/stdin "$policy"
    trap '"${as_root[@]}" rm -f "$policy"' EXIT
fi
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
