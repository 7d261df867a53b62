internal import GateModel
internal import NIOCore
internal import NIOHTTP1

/// Server-sent events: one a second, until the client goes.
final class Ticker: Responder {
    private var count = 0
    private var timer: Scheduled<Void>?

    func requestEnded(_ exchange: Exchange) {
        exchange.sendHead(.ok, ["content-type": "text/event-stream", "cache-control": "no-store"])
        guard exchange.request.method != .HEAD else {
            exchange.finish()
            return
        }
        exchange.sendBody(ByteBuffer(string: "retry: 200\n\n"))
        tick(exchange)
    }

    func cancel() {
        timer?.cancel()
        timer = nil
    }

    private func tick(_ exchange: Exchange) {
        count += 1
        // A client that does not read gets no backlog.
        if exchange.isWritable {
            let seconds = SystemTime().now().unixSeconds
            exchange.sendBody(
                ByteBuffer(
                    string: "id: \(count)\ndata: {\"tick\": \(count), \"unixSeconds\": \(seconds)}\n\n"))
        }
        timer = exchange.eventLoop.assumeIsolated().scheduleTask(in: .seconds(1)) { [weak self] in
            self?.tick(exchange)
        }
    }
}
