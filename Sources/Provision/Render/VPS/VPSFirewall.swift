/// The VPS's nftables table.
enum VPSFirewall {
    /// Our own table alone: what other tables hold stays, and an `accept` here overrides no `drop` there.
    static func render(_ answers: VPSAnswers) -> ConfigText {
        """
        \(FirewallText.beginning("vps"))
        table inet runegate {
        \(answers.ratholeProgram == nil ? "" : rathole(answers))\
            chain input {
                type filter hook input priority filter; policy accept;
                iifname "wg0" jump from_aibox
        \(answers.ratholeProgram == nil ? "" : "        tcp dport \(answers.ports.rathole) ct state new jump to_rathole\n")\
            }

            # The aibox answers; of itself it may only ask whether we are there.
            chain from_aibox {
                ct state established,related accept
                ip saddr \(answers.tunnel.aibox) icmp type echo-request limit rate 50/second accept
                counter drop
            }

        \(FirewallText.noForwarding)

            chain output {
                type filter hook output priority filter; policy accept;
                # Only the gateway speaks to the aibox: whoever else is on this machine would walk around the sign-in.
                oifname "wg0" meta skuid != { "runegate", "root" } counter reject
        \(answers.ratholeProgram == nil ? "" : loopback)\
                # Without wg0 the packets would leave by the default route, to a stranger.
                ip daddr \(answers.tunnel.aibox) oifname != { "wg0", "lo" } counter reject with icmpx type host-unreachable
            }
        }

        """
    }

    private static let loopback: ConfigText = """
                ip daddr 127.0.0.1 tcp dport \(LocalPort.rathole) meta skuid != { "runegate", "root" } counter reject with tcp reset

        """

    /// The aibox opens one connection a visitor's connection, from an address that nobody knows beforehand: the rate
    /// leaves it room and keeps a flood away.
    private static func rathole(_ answers: VPSAnswers) -> ConfigText {
        """
            # Who opens connections to Rathole, by address; of IPv6 by the network that one owner has.
            set rathole_ipv4 {
                type ipv4_addr
                size 65535
                flags dynamic
                timeout 1m
            }

            set rathole_ipv6 {
                type ipv6_addr
                size 65535
                flags dynamic
                timeout 1m
            }

            chain to_rathole {
                add @rathole_ipv4 { ip saddr limit rate over 50/second burst 1000 packets } counter drop
                add @rathole_ipv6 { ip6 saddr & ffff:ffff:ffff:ffff:: limit rate over 50/second burst 1000 packets } counter drop
            }


        """
    }
}

/// What both machines' tables begin and end with.
enum FirewallText {
    /// Naming the table before deleting it makes the deletion work the first time, too; nft does it all in one step.
    static func beginning(_ machine: ConfigText) -> ConfigText {
        """
        #!/usr/sbin/nft -f
        # Written by `runegate provision \(machine)`. Loading it replaces this one table in one step, and no other.
        table inet runegate
        delete table inet runegate

        """
    }

    static let noForwarding: ConfigText = """
            # Neither machine is a router to the other's networks.
            chain forward {
                type filter hook forward priority filter; policy accept;
                iifname "wg0" counter drop
                oifname "wg0" counter drop
            }
        """
}
