package import GateModel
import Glibc

/// `runegate wireguard-reader`: tells whoever connects what the interface says, one line a reading.
///
/// It only writes. A client that joins gets the last reading at once; one that does not keep up is sent away and may
/// come again.
package struct ReaderServer: Sendable {
    /// Where the socket comes from.
    package enum Socket: Sendable, Equatable {
        /// A listening descriptor that systemd passed; the server owns it from now on.
        case descriptor(Int32)
        /// A path to make the socket at, mode 0660; a stale one is replaced.
        case path(String)
    }

    /// More at once are refused; `serve` is one, a person who looks another.
    static let maximumClients = 16

    private let interface: InterfaceName
    private let listener: UnixSocket
    private let observe: @Sendable (WireGuardReading) -> Void

    /// Listens from now on; nobody is served before ``run()``.
    ///
    /// `observe` hears of every reading, on the reader's thread.
    package init(
        interface: InterfaceName, socket: Socket,
        observe: @escaping @Sendable (WireGuardReading) -> Void = { _ in }
    ) throws(Fault) {
        self.interface = interface
        self.observe = observe
        switch socket {
        case .descriptor(let descriptor): listener = UnixSocket(owning: descriptor)
        case .path(let path):
            do throws(UnixSocket.Failure) {
                listener = try UnixSocket(listeningAt: path)
            } catch {
                throw Fault(
                    code: "reader-socket",
                    problem: "Cannot listen on \(path): \(String(cString: strerror(error.errno)))",
                    remedy: "Give a path in a directory that this user may write to.")
            }
        }
    }

    /// Serves until the task is cancelled.
    package func run() async throws(Fault) {
        let stop = WakeSignal()
        let hasRun = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let hasStarted = BlockingThread.start {
                    serve(until: stop)
                    continuation.resume(returning: true)
                }
                if !hasStarted { continuation.resume(returning: false) }
            }
        } onCancel: {
            stop.raise()
        }
        guard hasRun else {
            throw Fault(
                code: "reader-no-thread", problem: "The system has no thread for the reader",
                remedy: "Raise TasksMax= of the unit.")
        }
    }

    private func serve(until stop: WakeSignal) {
        var clients: [UnixSocket] = []
        var last: [UInt8]?
        SampleLoop(interface: interface, stop: stop).run(
            door: listener.descriptor,
            knocked: {
                while let client = listener.accept() {
                    guard clients.count < Self.maximumClients else { continue }
                    if last.map(client.send) ?? true { clients.append(client) }
                }
            },
            deliver: { reading in
                observe(reading)
                guard let line = SampleLine(reading).encoded else { return }
                last = line
                clients.removeAll { !$0.send(line) }
            })
    }
}
