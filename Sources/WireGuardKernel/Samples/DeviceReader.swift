/// Reads an interface wherever it lives; one thread's own.
///
/// The order is that of `wg`: a program's socket first, then the kernel.
package final class DeviceReader {
    private let userspace = UserspaceWireGuard()
    private let kernel = KernelWireGuard()

    package init() {}

    /// The interface as it is now; blocks for some microseconds, at most two seconds.
    package func device(_ name: InterfaceName) throws(WireGuardProblem) -> WireGuardDevice {
        if let device = try userspace.device(name) { return device }
        return try kernel.device(name)
    }
}
