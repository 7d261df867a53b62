import ArgumentParser
import Control
import GateModel
import TunnelSupervisor
import UnixSignals

/// `runegate tunnels --watch`: the report again and again, until somebody interrupts it.
struct TunnelsWatch {
    private static let interval: Duration = .milliseconds(500)

    let hasJSON: Bool
    private let output = Terminal.output
    private let client = ControlClient.ofThisMachine()

    /// Ends with Ctrl-C, with SIGTERM, or when nobody reads any more.
    ///
    /// - Throws: `ExitCode` when Runegate cannot be reached to begin with; later it is waited for.
    func run() async throws {
        let first = try await reachingDaemon { client throws(ControlFailure) in try await client.tunnels() }
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { for await _ in signals { return } }
            tasks.addTask { output.isInteractive && !hasJSON ? await redraw(first) : await append(first) }
            await tasks.next()
            tasks.cancelAll()
        }
    }

    /// Draws over what was drawn before; the last drawing stays.
    private func redraw(_ first: TunnelReport) async {
        var answer: Result<TunnelReport, ControlFailure> = .success(first)
        // Cursor home, and what is right of and below the text erased (ECMA-48 §8.3.21, §8.3.39, §8.3.41).
        var screen = "\u{1b}[2J"
        repeat {
            let lines =
                switch answer {
                case .success(let report): TunnelListing(report, hasColor: output.hasColor).lines
                case .failure(let failure): ["\(failure)"]
                }
            screen += "\u{1b}[H" + lines.joined(separator: "\u{1b}[K\n") + "\u{1b}[K\u{1b}[J"
            guard output.write(line: screen) else { return }
            screen = ""
        } while await next(&answer)
    }

    /// Adds a line for each change.
    private func append(_ first: TunnelReport) async {
        var answer: Result<TunnelReport, ControlFailure> = .success(first)
        var changes = TunnelChanges()
        var isAway = false
        repeat {
            switch answer {
            case .success(let report):
                let lines = changes.lines(report, at: SystemTime().now().unixSeconds)
                let isNews = !lines.isEmpty || isAway
                isAway = false
                if hasJSON {
                    guard !isNews || output.write(line: JSONText.line(of: report)) else { return }
                } else {
                    for line in lines { guard output.write(line: line) else { return } }
                }
            case .failure(let failure):
                if !isAway { Terminal.diagnostics.write(line: "\(failure)") }
                isAway = true
            }
        } while await next(&answer)
    }

    /// Waits, and asks again; false when it is time to end.
    private func next(_ answer: inout Result<TunnelReport, ControlFailure>) async -> Bool {
        guard (try? await Task.sleep(for: Self.interval)) != nil else { return false }
        do throws(ControlFailure) {
            answer = .success(try await client.tunnels())
        } catch {
            answer = .failure(error)
        }
        return !Task.isCancelled
    }
}
