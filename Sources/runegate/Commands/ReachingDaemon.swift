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
        Terminal.diagnostics.write(line: "\(error)")
        throw ExitCode(error.exitStatus)
    }
}
