internal import NIOCore

/// Answers one request.
///
/// Everything is called on the connection's event loop.
protocol Responder: AnyObject {
    /// The head of the request is there.
    func begin(_ exchange: Exchange)
    /// The next bytes of its body.
    func receive(_ bytes: ByteBuffer, _ exchange: Exchange)
    /// The request is complete.
    func requestEnded(_ exchange: Exchange)
    /// The connection takes bytes again after it did not.
    func canWrite(_ exchange: Exchange)
    /// The connection is gone, or another request follows: stop timers.
    func cancel()
}

extension Responder {
    func begin(_ exchange: Exchange) {}
    func receive(_ bytes: ByteBuffer, _ exchange: Exchange) {}
    func requestEnded(_ exchange: Exchange) {}
    func canWrite(_ exchange: Exchange) {}
    func cancel() {}
}

/// An answer that is known as soon as the request is complete.
final class WholeAnswer: Responder {
    private let answer: (Exchange) -> Void

    init(_ answer: @escaping (Exchange) -> Void) {
        self.answer = answer
    }

    func requestEnded(_ exchange: Exchange) {
        answer(exchange)
    }
}

/// An answer that takes its time, as a model that loads does.
final class DelayedAnswer: Responder {
    private let delay: TimeAmount
    private var timer: Scheduled<Void>?

    init(after delay: TimeAmount) {
        self.delay = delay
    }

    func requestEnded(_ exchange: Exchange) {
        timer = exchange.eventLoop.assumeIsolated().scheduleTask(in: delay) { [delay] in
            exchange.answer(text: "Here after \(delay.nanoseconds / 1_000_000) ms.\n")
        }
    }

    func cancel() {
        timer?.cancel()
    }
}
