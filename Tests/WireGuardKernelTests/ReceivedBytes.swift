@testable import WireGuardKernel

extension [UInt8] {
    /// Hands the bytes to `read` as if they had just arrived.
    func received<Result, Failure: Error>(
        _ read: (WireBytes) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try ReceiveBuffer(byteCount: Swift.max(1, count)).receive(
            { memory throws(Failure) in
                memory.copyBytes(from: self)
                return count
            }, read: read)
    }
}
