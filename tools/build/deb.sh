#!/usr/bin/env bash
# Makes the Debian package of the built program: runegate_VERSION_ARCHITECTURE.deb.
#
#   tools/build/deb.sh [PROGRAM [DIRECTORY]]     .build/release/runegate and .build unless said otherwise
#
# What is in it is deploy/files.txt, as for deploy/install.sh.
set -euo pipefail
cd "$(dirname "$0")/../.."

program=${1:-.build/release/runegate}
version=$("$program" --version)
architecture=$(dpkg --print-architecture)
package=${2:-.build}/runegate_${version}_$architecture.deb
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/tree
mkdir "$tree"

deploy/install.sh --binary "$program" --root "$tree" >/dev/null
strip "$tree/usr/bin/runegate"
gzip --best --no-name "$tree/usr/share/man/man1/runegate.1"

# The libraries' packages and the versions it needs of them, as this distribution says.
mkdir "$work/debian" "$tree/DEBIAN"
printf 'Source: runegate\n\nPackage: runegate\nArchitecture: any\n' >"$work/debian/control"
depends=$(cd "$work" && dpkg-shlibdeps -O tree/usr/bin/runegate | sed 's/^shlibs:Depends=//')

cat >"$tree/DEBIAN/control" <<CONTROL
Package: runegate
Version: $version
Architecture: $architecture
Maintainer: Runegate maintainers <maintainers@runegate.invalid>
Section: net
Priority: optional
Depends: $depends, openssl, systemd
Recommends: certbot, nftables, nginx, wireguard-tools
Installed-Size: $(du -sk "$tree" | cut -f1)
Description: sign-in by e-mail link in front of one private web app
 Runegate lets a few people reach a web app on a private machine through a small
 public server. They sign in with a link that arrives by e-mail. Two tunnels,
 WireGuard and Rathole, join the machines, and traffic moves to the other one
 when one of them breaks.
CONTROL
cat >"$tree/DEBIAN/postinst" <<'POSTINST'
#!/bin/sh
set -e
if [ "$1" = configure ]; then
    systemd-sysusers /usr/lib/sysusers.d/runegate.conf
    if [ -d /run/systemd/system ]; then
        systemctl daemon-reload
        # Visitors wait in the sockets meanwhile.
        systemctl try-restart runegate-wireguard.service runegate-mailer.service runegate.service || true
    fi
fi
POSTINST
# An upgrade replaces the program and nothing else: what provisioning wrote is none of the package's files.
cat >"$tree/DEBIAN/prerm" <<'PRERM'
#!/bin/sh
set -e
if [ "$1" = remove ] && [ -d /etc/runegate/provision ]; then
    echo 'This machine is set up with Runegate, and only the program knows what it put where. First run' >&2
    echo '`runegate provision vps --uninstall` (on the private machine: aibox), then remove the package again.' >&2
    exit 1
fi
PRERM
cat >"$tree/DEBIAN/postrm" <<'POSTRM'
#!/bin/sh
set -e
if [ "$1" = purge ]; then
    rm -rf /etc/runegate /var/lib/runegate /var/lib/runegate-acme /var/lib/runegate-tend
    rm -f /var/log/nginx/runegate.log* /var/log/nginx/runegate-error.log*
    for user in runegate runegate-mail runegate-wg; do
        if getent passwd "$user" >/dev/null; then userdel "$user"; fi
    done
    # Somebody may have a user of this name for a Rathole of his own.
    if getent passwd rathole | grep -q ':Rathole tunnel:'; then userdel rathole; fi
    if getent group runegate-admin >/dev/null; then groupdel runegate-admin; fi
fi
POSTRM
chmod 0755 "$tree"/DEBIAN/{postinst,prerm,postrm}
(cd "$tree" && find usr -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)

# Packed in a few seconds, and read by every dpkg since Debian 12.
dpkg-deb --root-owner-group -Zzstd -z9 --build "$tree" "$package" >/dev/null
echo "$package"
