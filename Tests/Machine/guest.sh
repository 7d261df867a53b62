#!/bin/busybox sh
# The first and only program of the emulated machine (see run.sh): sets up WireGuard interfaces of the kernel, and
# compares what the probe reads with what `wg` says.
#
# Debian's busybox prefers its own `ip` to any other: real programs are called by their whole path.
export PATH=/bin
umask 077
if [ $$ = 1 ]; then
    /bin/busybox mount -t proc proc /proc
    /bin/busybox --install -s /bin
    mount -t sysfs sysfs /sys
    mount -t devtmpfs dev /dev
    mount -t tmpfs tmpfs /run
    mkdir -p /run/netns
fi
ip() { /tools/ip "$@"; }
wg() { /tools/wg "$@"; }
probe() { /tools/probe "$@"; }

load() {
    while read -r module; do insmod "/modules/$module" 2>/dev/null; done <"/modules/order-$1"
}

# test NAME COMMAND...: what the command prints is shown when it fails.
test_that() {
    name=$1
    shift
    if "$@" >/tmp/why 2>&1; then
        echo "ok $name"
    else
        sed 's/^/  | /' /tmp/why
        echo "failed $name"
    fi
}

says() {
    expected=$1
    shift
    "$@" >/tmp/said 2>&1
    cat /tmp/said
    grep -qx "$expected" /tmp/said
}

# Lines of `wg show all dump` for an interface, with - for its secret keys and the allowed IPs sorted.
dump_of_wg() {
    wg show all dump | awk -F '\t' -v OFS='\t' -v name="$1" '$1 == name { $(NF == 5 ? 2 : 3) = "-"; print }'
}

sorted() { tr '\t,' '\n\n' | sort; }

# The two are read one after the other, so a keepalive between them is given another chance.
agrees() {
    for _ in 1 2 3 4 5; do
        dump_of_wg "$1" | sorted >/tmp/theirs
        probe dump "$1" | sorted >/tmp/ours
        cmp -s /tmp/theirs /tmp/ours && [ -s /tmp/ours ] && return 0
    done
    diff /tmp/theirs /tmp/ours
    return 1
}

in_a() { ip netns exec a "$@"; }

make_tunnel() {
    ip netns add a
    ip netns add b
    ip -n a link add cable type veth peer name cable netns b
    wg genkey >/tmp/key-a
    wg genkey >/tmp/key-b
    wg genpsk >/tmp/shared
    public_a=$(wg pubkey </tmp/key-a)
    public_b=$(wg pubkey </tmp/key-b)
    for end in a b; do
        number=$([ $end = a ] && echo 1 || echo 2)
        ip -n $end address add 192.0.2.$number/24 dev cable
        ip -n $end link set cable up
        ip netns exec $end /tools/tc qdisc add dev cable root netem delay 20ms 5ms
        ip -n $end link add wg0 type wireguard
        ip -n $end address add 10.0.0.$number/24 dev wg0
    done
    in_a /tools/wg set wg0 private-key /tmp/key-a listen-port 51820 fwmark 0x2a \
        peer "$public_b" preshared-key /tmp/shared allowed-ips 10.0.0.2/32,fd00::/64
    ip netns exec b /tools/wg set wg0 private-key /tmp/key-b peer "$public_a" preshared-key /tmp/shared \
        endpoint 192.0.2.1:51820 persistent-keepalive 25 allowed-ips 10.0.0.1/32
}

# The shell functions above are not known inside a namespace: this script calls itself there.
if [ "$1" = in-namespace ]; then
    shift
    test_that "$1" agrees "$2"
    exit
fi

no_such_interface() { says 'fault wireguard-no-interface' probe dump wg9; }
not_wireguard() { says 'fault wireguard-other-interface' probe dump lo; }
module_absent() { says 'fault wireguard-no-module' probe dump wg0; }

test_that "without the module, that is what is said" module_absent
load wireguard
load veth
load sch_netem
test_that "an interface that is not there" no_such_interface
test_that "an interface of another kind" not_wireguard

make_tunnel
agree_in_a() { in_a /init in-namespace "$1" wg0; }
agree_in_a "an interface that is down"
for end in a b; do ip -n $end link set wg0 up; done
agree_in_a "an interface before its first handshake"
ip netns exec b ping -c 3 -W 10 10.0.0.1 >/dev/null
agree_in_a "an interface with a handshake, a preshared key, a mark and traffic"
has_handshake() { in_a /tools/probe dump wg0 | awk -F '\t' 'NR == 2 && $6 > 1000000000 && $7 > 0 { found = 1 } END { exit !found }'; }
test_that "the handshake is there" has_handshake

no_permission() { says 'fault wireguard-no-permission' ip netns exec a /tools/setpriv --reuid 65534 --clear-groups /tools/probe dump wg0; }
test_that "without CAP_NET_ADMIN, that is what is said" no_permission
with_capability() {
    in_a /tools/setpriv --reuid 65534 --clear-groups --inh-caps +net_admin --ambient-caps +net_admin \
        /tools/probe dump wg0 | grep -q "$public_b"
}
test_that "CAP_NET_ADMIN alone is enough" with_capability

blocks() { seq 1 "$1" | awk '{ printf "%s10.%d.%d.0/24", (NR > 1 ? "," : ""), 1 + $1 / 250, $1 % 250 }'; }
for count in 300 3000; do
    in_a /tools/wg set wg0 peer "$public_b" allowed-ips "10.0.0.2/32,$(blocks $count)"
    agree_in_a "$count allowed IPs"
done
for number in $(seq 1 20); do
    in_a /tools/wg set wg0 peer "$(wg genkey | wg pubkey)" endpoint "[2001:db8::$number]:1" allowed-ips "fd01::$number/128,10.200.$number.0/24"
done
agree_in_a "twenty peers more, with IPv6 endpoints"

other=$(wg genkey | wg pubkey)
while true; do
    in_a /tools/wg set wg0 peer "$other" allowed-ips 10.201.0.0/16
    in_a /tools/wg set wg0 peer "$other" remove
done &
changer=$!
read_while_changing() {
    for _ in $(seq 1 10); do in_a /tools/probe dump wg0 | head -n 1 | grep -q '^wg0' || return 1; done
}
test_that "an interface that changes while it is read" read_while_changing
kill $changer
wait $changer 2>/dev/null

# Link events, and a module that is loaded again under another family number.
awaits() {
    for _ in $(seq 1 100); do
        tail -n "+$seen" /tmp/watched | grep -n "$1" >/tmp/found && break
        sleep 0.1
    done
    cat /tmp/watched
    seen=$((seen + $(sed -n '1s/:.*//p' /tmp/found)))
}
seen=1
probe watch wg1 >/tmp/watched &
watcher=$!
test_that "watching an interface that is not there" awaits 'exists=false up=false fault=wireguard-no-interface'
ip link add wg1 type wireguard
test_that "it appears" awaits 'exists=true up=false peers=0'
ip link set wg1 up
test_that "it goes up" awaits 'exists=true up=true peers=0'
ip link set wg1 down
test_that "it goes down" awaits 'exists=true up=false'
ip link delete wg1
test_that "it goes" awaits 'exists=false up=false'
ip netns delete a
ip netns delete b
sleep 1
rmmod wireguard
test_that "the module goes" awaits 'exists=false up=false fault=wireguard-no-module'
load wireguard
ip link add wg1 type wireguard
test_that "the module comes back" awaits 'exists=true up=false peers=0'
kill $watcher

echo "the end"
poweroff -f
