import GateModel
import WireGuardKernel

/// What was read, as `wg` prints it.
enum DumpText {
    /// `wg show all dump` (wg(8)): tabs between fields, a line for the device and one for each peer.
    static func lines(_ device: WireGuardDevice) -> [String] {
        let first = [
            device.name.text, "-", device.publicKey?.description ?? "(none)", "\(device.listenPort)",
            device.firewallMark == 0 ? "off" : "0x" + String(device.firewallMark, radix: 16),
        ]
        return [first.joined(separator: "\t")] + device.peers.map { line($0, of: device) }
    }

    private static func line(_ peer: WireGuardPeer, of device: WireGuardDevice) -> String {
        let blocks = peer.allowedIPs.map(\.description).joined(separator: ",")
        return [
            device.name.text, peer.publicKey.description, "-", peer.endpoint?.description ?? "(none)",
            blocks.isEmpty ? "(none)" : blocks, "\(peer.lastHandshake?.seconds ?? 0)",
            "\(peer.receivedBytes)", "\(peer.sentBytes)",
            peer.keepaliveSeconds == 0 ? "off" : "\(peer.keepaliveSeconds)",
        ].joined(separator: "\t")
    }

    /// `exists=… up=… …`, or `unknown CODE`.
    static func line(_ reading: WireGuardReading) -> String {
        switch reading {
        case .unknown(let fault): return "unknown \(fault.code)"
        case .sample(let sample):
            let link = "exists=\(sample.exists) up=\(sample.isUp)"
            guard let peers = sample.peers else { return "\(link) fault=\(sample.fault?.code ?? "none")" }
            return "\(link) peers=\(peers.count) endpoint=\(peers.hasEndpoint) "
                + "handshake=\(peers.lastHandshake ?? 0) rx=\(peers.receivedBytes) tx=\(peers.sentBytes)"
        }
    }
}
