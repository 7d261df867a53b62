#!/usr/bin/env bash
# Fetches Debian's kernel for virtual machines once, keeps it under .build/machine, and prints the directory that it was
# unpacked in: boot/vmlinuz-RELEASE and lib/modules/RELEASE.
#
#   Tests/Machine/kernel.sh     needs apt-get, dpkg-deb and kmod
set -euo pipefail
cd "$(dirname "$0")/../.."

cache=.build/machine
package=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p')
[[ -n $package ]] || { echo "kernel: apt knows no linux-image-cloud-amd64; run apt-get update" >&2; exit 1; }
if [[ ! -d $cache/$package ]]; then
    mkdir -p "$cache"
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    (cd "$work" && apt-get -qq -o APT::Sandbox::User=root download "$package")
    dpkg-deb -x "$work"/linux-image-*.deb "$work/kernel"
    depmod -b "$work/kernel" "$(ls "$work/kernel/lib/modules")"
    mv "$work/kernel" "$cache/$package"
fi
echo "$cache/$package"
