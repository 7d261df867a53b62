import ArgumentParser
import Control
import GateModel
import Glibc
import Provision
import Synchronization
import UnixSignals

/// What Ctrl-C means while a machine is set up: an end at once where nothing is half done, else after the files.
final class ProvisionInterrupt: Sendable {
    enum Phase {
        case reading
        /// The public server may have noted this machine.
        case joining
        case writing
        case written
        case removed
        /// Two machines are about to agree on new keys.
        case rotating
    }

    private struct State {
        var phase = Phase.reading
        var isAsked = false
    }

    private let state = Mutex(State())

    /// Runs `work` with the signals watched.
    static func watching(_ work: @escaping @Sendable (ProvisionInterrupt) async throws -> Void) async throws {
        let interrupt = ProvisionInterrupt()
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in signals { interrupt.signalled() } }
            group.addTask { try await work(interrupt) }
            // The first to end with an error or a result is the work; the other waits for ever.
            try await group.next()
            group.cancelAll()
        }
    }

    /// Runs what comes before anything is written; its fault says that nothing was changed.
    func beforeWriting<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let fault as Fault where state.withLock({ $0.phase == .reading }) {
            throw fault.nothingChanged
        }
    }

    /// Runs `write` to its end, whatever is typed, and stops behind it when that was asked for.
    ///
    /// - Parameters:
    ///   - end: What an interruption means when it is done.
    ///   - write: Changes files.
    /// - Returns: What `write` did.
    /// - Throws: What `write` threw, or that it was interrupted.
    func whileWriting<Result>(end: Phase = .written, _ write: () throws -> Result) throws -> Result {
        state.withLock { $0.phase = .writing }
        let result = try write()
        let isAsked = state.withLock { state in
            state.phase = end
            return state.isAsked
        }
        if isAsked { leave(end) }
        return result
    }

    /// What an interruption means from now on.
    func enter(_ phase: Phase) {
        let isAsked = state.withLock { state in
            state.phase = phase
            return state.isAsked
        }
        if isAsked { leave(phase) }
    }

    private func signalled() {
        let phase = state.withLock { state in
            state.isAsked = true
            return state.phase
        }
        // While files are put in place the signal waits the moment that takes.
        if phase != .writing { leave(phase) }
    }

    private func leave(_ phase: Phase) -> Never {
        let text =
            switch phase {
            case .reading, .writing: "Interrupted. Nothing was changed."
            case .joining:
                "Interrupted while joining. Run the same command with the same code: it goes on where it stopped."
            case .rotating:
                "Interrupted. `runegate tend`, which the timer starts, ends the rotation within two minutes; both "
                    + "machines then have the same keys, the new ones or the old."
            case .written:
                "Interrupted. The new files are in place; run the same command again to start what uses them."
            case .removed: "Interrupted. Everything was taken away first."
            }
        Terminal.diagnostics.write(line: "\n\(text)")
        exit(130)
    }
}
