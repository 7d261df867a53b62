internal import Foundation
internal import Glibc

/// What is typed on the demo's terminal: a letter and Enter.
package enum TypedOrders {
    /// Reads standard input on a thread of its own, until it ends or the program does.
    ///
    /// `say` puts what came of an order on the terminal.
    package static func read(for scenery: DemoScenery, say: @escaping @Sendable (String) -> Void) {
        // In the background a read fails instead of stopping the demo (`termios(3)`, SIGTTIN).
        signal(SIGTTIN, SIG_IGN)
        Thread.detachNewThread {
            while let text = read() {
                for line in text.split(whereSeparator: \.isNewline)
                where line.contains(where: { !$0.isWhitespace }) {
                    guard let order = SceneryOrder(String(line)) else {
                        say("Type w (wireguard), r (rathole) or a (app), and Enter.")
                        continue
                    }
                    Task { say(await scenery.perform(order)) }
                }
            }
        }
    }

    /// What was typed: a terminal gives whole lines; nil at the end.
    ///
    /// Without the C library's buffer: its lock, held while nothing is typed, would keep the program from
    /// ending.
    private static func read() -> String? {
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = Glibc.read(STDIN_FILENO, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
    }
}
