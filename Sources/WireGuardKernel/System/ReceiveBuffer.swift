import Glibc

/// Memory that answers arrive in.
///
/// The kernel sends private and preshared keys along with what was asked for, so everything that arrived is
/// overwritten as soon as it was read.
final class ReceiveBuffer {
    private let memory: UnsafeMutableRawBufferPointer

    init(byteCount: Int) {
        memory = .allocate(byteCount: byteCount, alignment: 16)
    }

    deinit {
        wipe(memory.count)
        memory.deallocate()
    }

    var byteCount: Int { memory.count }

    /// Lets `fill` write, hands what arrived to `read`, and overwrites it, whatever `read` says.
    ///
    /// - Parameters:
    ///   - fill: Says how many bytes arrived; it throws when none did.
    ///   - read: Takes what it needs out of them.
    /// - Returns: What `read` returns.
    /// - Throws: What either of them throws.
    func receive<Result, Failure: Error>(
        _ fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int,
        read: (WireBytes) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // All of it, should `fill` fail half-way.
        var count = memory.count
        defer { wipe(count) }
        count = min(max(0, try fill(memory)), memory.count)
        return try read(WireBytes(UnsafeRawBufferPointer(rebasing: memory[..<count])))
    }

    /// Overwrites in a way that the optimiser does not take out (explicit_bzero(3)).
    private func wipe(_ count: Int) {
        guard let start = memory.baseAddress else { return }
        explicit_bzero(start, count)
    }
}
