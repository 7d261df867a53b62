/// The aibox's nftables table.
enum AiboxFirewall {
    /// Through the tunnel the VPS reaches the app's port and nothing else of this machine.
    ///
    /// The port is handed on to 127.0.0.1, where an app listens that is not meant for the local network; one that
    /// listens everywhere is there, too. Earlier than the usual priority, or a container engine that publishes the
    /// port would take the packet to a container behind the forward chain.
    static func render(_ answers: AiboxAnswers) -> ConfigText {
        """
        \(FirewallText.beginning("aibox"))
        table inet runegate {
            chain prerouting {
                type nat hook prerouting priority dstnat - 10; policy accept;
                iifname "wg0" ip daddr \(answers.tunnel.aibox) tcp dport \(answers.askedPort ?? answers.appPort) dnat ip to 127.0.0.1:\(answers.appPort)
            }

            chain input {
                type filter hook input priority filter; policy accept;
                iifname "wg0" jump from_vps
            }

            # `ct original`: only what was sent to this machine's tunnel address, never to 127.0.0.1 itself.
            chain from_vps {
                ct state established,related accept
                ip saddr \(answers.tunnel.vps) icmp type echo-request limit rate 50/second accept
                ip saddr \(answers.tunnel.vps) tcp dport \(answers.appPort) ct original ip daddr \(answers.tunnel.aibox) accept
                counter drop
            }

        \(FirewallText.noForwarding)
        }

        """
    }
}
