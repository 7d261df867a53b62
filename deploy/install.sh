#!/bin/sh
# Installs Runegate on this machine: the program, its manual page and completions, its users and its directory.
# Then `runegate provision vps` or `runegate provision aibox` sets the machine up.
#
#   sudo ./deploy/install.sh                   builds the program when there is none, and installs it
#   sudo ./deploy/install.sh --binary FILE     installs that program
#   sudo ./deploy/install.sh --uninstall       takes away what was installed
#        ./deploy/install.sh --root DIRECTORY  only writes below that directory, as packages are made
#
# A second run is an upgrade in place: each file is replaced in one step, and services that run are restarted.
set -eu
umask 022

here=$(cd "$(dirname "$0")" && pwd)
repository=$(dirname "$here")
list=$here/files.txt
# What the program is linked with, and what makes the first certificate.
packages='openssl libc6 libgcc-s1 libstdc++6 libssl3 libsystemd0 libsqlite3-0 libqrencode4 libmnl0'

root=
binary=
action=install

fail() {
    echo "install.sh: $1" >&2
    exit "${2:-1}"
}

usage() {
    sed -n '2,/^set -eu/{/^set/d;s/^# \{0,1\}//;p}' "$0"
}

while [ $# -gt 0 ]; do
    case $1 in
        --binary) [ $# -ge 2 ] || fail '--binary needs a file' 64; binary=$2; shift ;;
        --root) [ $# -ge 2 ] || fail '--root needs a directory' 64; root=${2%/}; shift ;;
        --uninstall) action=uninstall ;;
        -h | --help) usage; exit 0 ;;
        *) fail "unknown argument: $1 (see --help)" 64 ;;
    esac
    shift
done

is_live() { [ -z "$root" ]; }

has_systemd() { is_live && [ -d /run/systemd/system ]; }

check_machine() {
    is_live || return 0
    [ "$(id -u)" -eq 0 ] || fail 'only root can install: run it again with sudo' 77
    # shellcheck source=/dev/null
    . /etc/os-release
    case "${ID:-} ${ID_LIKE:-}" in
        *debian*) ;;
        *) fail "this is ${PRETTY_NAME:-an unknown system}; Debian 12 or 13, or Ubuntu 24.04, is what it is made for" ;;
    esac
}

# Prints the program's path: the one that was named, else the one that was built, else a fresh build.
find_program() {
    if [ -n "$binary" ]; then
        [ -f "$binary" ] || fail "there is no program at $binary"
        echo "$binary"
        return
    fi
    built=$repository/.build/release/runegate
    if [ ! -f "$built" ]; then
        command -v swift >/dev/null || fail "nothing is built yet and there is no swift to build with.
Install Swift 6.3 and run \`make release\`, or bring a built program: --binary FILE"
        echo 'Building the program; this takes a quarter of an hour on two cores.' >&2
        # Whoever called sudo owns the build, not root.
        if is_live && [ -n "${SUDO_USER:-}" ] && [ "$SUDO_USER" != root ]; then
            sudo -H -u "$SUDO_USER" env PATH="$PATH" make -C "$repository" release >&2
        else
            make -C "$repository" release >&2
        fi
    fi
    echo "$built"
}

# Debian's libraries that the program needs and that are missing; newer releases rename libssl3.
install_libraries() {
    is_live || return 0
    missing=
    for package in $packages; do
        found=
        for name in "$package" "${package}t64"; do
            if dpkg-query --show --showformat '${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed; then
                found=yes
            fi
        done
        [ -n "$found" ] || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    echo "Installing Debian packages:$missing"
    # shellcheck disable=SC2086  # Several words on purpose.
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null ||
        fail "could not install:$missing. Run \`apt-get update\` and try again"
}

# write_source SOURCE: the file's contents on standard output.
write_source() {
    case $1 in
        program) cat "$program" ;;
        completion:*) "$program" --generate-completion-script "${1#completion:}" ;;
        *) cat "$repository/$1" ;;
    esac
}

# each_file COMMAND: calls it with mode, place and source of every file of the list.
each_file() {
    grep -v '^#' "$list" | while read -r mode place source; do
        "$1" "$mode" "$place" "$source"
    done
}

# The old file or the new one is there at every moment, and a running program keeps the one that it began with.
install_file() {
    target=$root$2
    mkdir -p "$(dirname "$target")"
    new=$target.runegate-new
    write_source "$3" >"$new" || { rm -f "$new"; fail "could not write $target"; }
    chmod "$1" "$new"
    if [ -f "$target" ] && [ ! -L "$target" ] && cmp -s "$new" "$target"; then
        rm -f "$new"
        chmod "$1" "$target"
        return
    fi
    mv -f "$new" "$target"
    echo "  $target"
}

remove_file() {
    target=$root$2
    [ -e "$target" ] || [ -L "$target" ] || return 0
    rm -f "$target"
    echo "  $target"
    rmdir "$(dirname "$target")" 2>/dev/null || true
}

install_all() {
    check_machine
    install_libraries
    program=$(find_program)
    version=$("$program" --version) || fail "$program does not run here; was it built for another system?"
    echo "Installing Runegate $version:"
    each_file install_file
    mkdir -p "$root/etc/runegate"
    is_live || return 0
    if command -v systemd-sysusers >/dev/null; then systemd-sysusers /usr/lib/sysusers.d/runegate.conf; fi
    if has_systemd; then
        systemctl daemon-reload
        # Visitors wait in the sockets meanwhile.
        systemctl try-restart runegate-wireguard.service runegate-mailer.service runegate.service
    fi
    if [ -d /etc/runegate/provision ]; then
        echo 'Done. Whether the files that were set up are still what this version writes: runegate provision vps --verify (or aibox)'
    else
        echo 'Done. Next, on the public server:  sudo runegate provision vps --domain app.example.com --allow you@example.com'
        echo '      then, on the private machine: sudo runegate provision aibox'
    fi
}

uninstall_all() {
    check_machine
    if [ -d "$root/etc/runegate/provision" ]; then
        fail 'this machine is set up; first run `runegate provision vps --uninstall` (or aibox), then this again'
    fi
    if has_systemd; then
        for unit in runegate.socket runegate-control.socket runegate.service; do
            systemctl stop "$unit" 2>/dev/null || true
        done
    fi
    echo 'Removing:'
    each_file remove_file
    rmdir "$root/etc/runegate" 2>/dev/null || true
    echo 'Left: the users runegate, runegate-mail, runegate-wg and rathole, and the group runegate-admin;'
    echo '/etc/runegate if something is in it; /var/lib/runegate with the sessions, if Runegate has run.'
}

case $action in
    install) install_all ;;
    uninstall) uninstall_all ;;
esac
