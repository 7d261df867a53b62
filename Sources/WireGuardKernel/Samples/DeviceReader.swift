/// Reads an interface wherever it lives, in the order of `wg`: a program's socket first, then the kernel. One
/// thread's own.
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
