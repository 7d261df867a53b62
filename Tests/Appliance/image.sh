#!/usr/bin/env bash
# Makes a Debian to boot in an emulated machine, and prints the directory that holds it: `root` (a disk), `initrd`, and
# `kernel`. From this system's own package sources; kept under .build/appliance by what it was made of.
#
#   Tests/Appliance/image.sh     as root; needs mmdebstrap, e2fsprogs, busybox, cpio, kmod
set -euo pipefail
cd "$(dirname "$0")/../.."

packages=(
    # What a small server has before anybody types anything.
    apt ca-certificates curl dbus init iproute2 iputils-ping kmod less login openssl procps udev
    # What the package depends on, and what provisioning would install; certbot has a stand-in.
    libmnl0 libqrencode4 libsqlite3-0 nftables nginx-light wireguard-tools
    # The agent, the app, and the stand-in of Rathole.
    python3 python3-cryptography
)
# What a machine does by itself now and then, and nobody waits for here.
idle=(
    apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer
    getty@tty1.service ldconfig.service serial-getty@ttyS0.service systemd-binfmt.service systemd-pcrphase-sysinit.service
)
# The terminal comes with a module, too late to be found as a console.
wanted=(agent.service serial-getty@hvc0.service systemd-networkd.service systemd-network-generator.service)
kernel=$(Tests/Machine/kernel.sh)
release=$(ls "$kernel/lib/modules")
. /etc/os-release
made_of=$({ cat Tests/Appliance/image.sh Tests/Appliance/guest/*; echo "$kernel $VERSION_CODENAME"; } | sha256sum | cut -c1-16)
image=.build/appliance/$made_of
mkdir -p .build/appliance
# Made once, however many ask.
exec 9>.build/appliance.lock
flock 9
if [[ -e $image/root ]]; then
    echo "$image"
    exit
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root

put() { install -D --mode "$1" "Tests/Appliance/guest/$2" "$root$3"; }

make_root() {
    mmdebstrap --quiet --variant=minbase --include="$(IFS=,; echo "${packages[*]}")" "$VERSION_CODENAME" "$root"
    mkdir -p "$root/lib/modules" "$root/var/log/journal"
    cp -a "$kernel/lib/modules/$release" "$root/lib/modules/"
    put 0755 agent.py /usr/local/libexec/agent.py
    put 0644 agent.service /etc/systemd/system/agent.service
    put 0644 terminal.conf /etc/systemd/system/serial-getty@hvc0.service.d/terminal.conf
    # With an empty one, systemd would think of a first boot and start what Debian starts by default.
    echo 5c1e0d3b7a2f4c689e0b1d2a3f4e5c60 >"$root/etc/machine-id"
    echo 'nameserver 198.51.100.53' >"$root/etc/resolv.conf"
    echo "PS1='ready> '" >"$root/root/.bashrc"
    : >"$root/etc/hostname"
    systemctl --quiet --root="$root" enable "${wanted[@]}"
    systemctl --quiet --root="$root" mask "${idle[@]}"
}

make_initrd() {
    local initrd=$work/initrd path
    mkdir -p "$initrd"/{bin,dev,modules,proc,root}
    install "$(command -v busybox)" "$initrd/bin/busybox"
    install Tests/Appliance/guest/init "$initrd/init"
    for library in $(ldd "$(command -v busybox)" | grep -oE '/[^ ]+'); do install -D "$library" "$initrd$library"; done
    for module in virtio_pci virtio_blk; do
        while read -r _ path _; do
            install "$path" "$initrd/modules/"
            grep -qsx "$(basename "$path")" "$initrd/modules/order" || basename "$path" >>"$initrd/modules/order"
        done < <(modprobe -d "$kernel" -S "$release" --show-depends "$module" | grep '^insmod')
    done
    (cd "$initrd" && find . | cpio --quiet -o -H newc) | gzip -1
}

make_root >&2
mkdir -p "$work/image"
make_initrd >"$work/image/initrd"
ln -s "../../machine/$(basename "$kernel")/boot/vmlinuz-$release" "$work/image/kernel"
mke2fs -q -t ext4 -L root -d "$root" "$work/image/root" 2G >&2
# Another one of before is of no use any more.
rm -rf .build/appliance/*
cp -a --sparse=always "$work/image" "$image.new"
mv "$image.new" "$image"
echo "$image"
