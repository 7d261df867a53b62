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
            while let line = readLine() {
                guard line.contains(where: { !$0.isWhitespace }) else { continue }
                guard let order = SceneryOrder(line) else {
                    say("Type w (wireguard), r (rathole) or a (app), and Enter.")
                    continue
                }
                Task { say(await scenery.perform(order)) }
            }
        }
    }
}
