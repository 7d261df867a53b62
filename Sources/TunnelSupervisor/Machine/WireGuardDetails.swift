package import GateModel

/// What comes with WireGuard's handshake data, for people to read; no decision rests on it.
package struct WireGuardDetails: Sendable, Hashable {
    /// Why the data cannot be read.
    package var fault: Fault?
    /// Bytes from the peer since the interface was made.
    package var receivedBytes: UInt64?
    /// Bytes to the peer since the interface was made.
    package var sentBytes: UInt64?

    package init(fault: Fault? = nil, receivedBytes: UInt64? = nil, sentBytes: UInt64? = nil) {
        self.fault = fault
        self.receivedBytes = receivedBytes
        self.sentBytes = sentBytes
    }
}
