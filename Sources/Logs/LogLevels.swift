package import Logging
import Synchronization

/// Which levels are logged, for all modules and for single ones; can be changed while the program runs.
package final class LogLevels: Sendable {
    /// The level of one module, shared by all its loggers: read for every call that may log.
    final class Cell: Sendable {
        private let rank: Atomic<Int>

        init(_ level: Logger.Level) {
            self.rank = Atomic(Self.rank(of: level))
        }

        var level: Logger.Level {
            get { Logger.Level.allCases[rank.load(ordering: .relaxed)] }
            set { rank.store(Self.rank(of: newValue), ordering: .relaxed) }
        }

        private static func rank(of level: Logger.Level) -> Int {
            Logger.Level.allCases.firstIndex(of: level) ?? 0
        }
    }

    private struct State {
        var everywhere: Logger.Level
        var modules: [String: Logger.Level]
        var cells: [String: Cell] = [:]
    }

    private let state: Mutex<State>

    package init(everywhere: Logger.Level, modules: [String: Logger.Level] = [:]) {
        self.state = Mutex(State(everywhere: everywhere, modules: modules))
    }

    /// Applies to loggers that exist and to those to come.
    package func set(everywhere: Logger.Level, modules: [String: Logger.Level]) {
        state.withLock { state in
            state.everywhere = everywhere
            state.modules = modules
            for (label, cell) in state.cells { cell.level = modules[label] ?? everywhere }
        }
    }

    func cell(of label: String) -> Cell {
        state.withLock { state in
            if let cell = state.cells[label] { return cell }
            let cell = Cell(state.modules[label] ?? state.everywhere)
            state.cells[label] = cell
            return cell
        }
    }
}
