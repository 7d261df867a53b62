import ArgumentParser
import Control

/// Asks the daemon of this machine; when that fails, says why on standard error and ends the verb with the
/// documented status.
func reachingDaemon<Answer: Sendable>(
    _ ask: (ControlClient) async throws(ControlFailure) -> Answer
) async throws -> Answer {
    do {
        return try await ask(.ofThisMachine())
    } catch {
        let isElsewhere = if case .notRunning = error { ThisMachine.isAibox } else { false }
        Terminal.diagnostics.write(line: isElsewhere ? ThisMachine.askTheServer : "\(error)")
        throw ExitCode(error.exitStatus)
    }
}
