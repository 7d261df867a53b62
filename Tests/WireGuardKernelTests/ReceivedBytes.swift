@testable import WireGuardKernel

extension [UInt8] {
    /// Hands the bytes to `read` as if they had just arrived.
    func received<Result, Failure: Error>(
        _ read: (WireBytes) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try received(in: ReceiveBuffer(byteCount: Swift.max(1, count)), read)
    }

    func received<Result, Failure: Error>(
        in buffer: ReceiveBuffer, _ read: (WireBytes) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try buffer.receive(
            { (memory: UnsafeMutableRawBufferPointer) throws(Failure) -> Int in
                memory.copyBytes(from: self)
                return count
            }, read: read)
    }
}

extension ReceiveBuffer {
    /// What lies in the memory before the next answer is written there.
    var leftovers: [UInt8] {
        receive(
            { (memory: UnsafeMutableRawBufferPointer) throws(Never) -> Int in memory.count },
            read: { (bytes: WireBytes) throws(Never) -> [UInt8] in bytes.array })
    }
}
