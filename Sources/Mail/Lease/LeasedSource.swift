internal import NIOCore

/// The queue as the mailer sees it through a lease connection.
///
/// ``MailWorker`` asks one thing at a time, so the next answer belongs to the last question.
struct LeasedSource: MailSource {
    private let outbound: NIOAsyncChannelOutboundWriter<MailerMessage>
    private let answers: AsyncStream<QueueMessage>
    private let answered: AsyncStream<QueueMessage>.Continuation

    init(_ outbound: NIOAsyncChannelOutboundWriter<MailerMessage>) {
        self.outbound = outbound
        (self.answers, self.answered) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(2))
    }

    /// Takes the queue's answer.
    func received(_ message: QueueMessage) throws(LeaseError) {
        switch message {
        case .job, .nothing, .due: answered.yield(message)
        case .work, .test: throw .outOfPlace
        }
    }

    func lease() async -> MailJob? {
        guard case .job(let job)? = await ask(.lease) else { return nil }
        return job
    }

    func waitUntilDue() async {
        _ = await ask(.wait)
    }

    func report(_ id: String, _ outcome: MailOutcome) async {
        // A dead connection is noticed by whoever reads it, and the queue has taken the lease back.
        try? await outbound.write(.report(id: id, outcome: outcome))
    }

    /// The answer; nil when the connection is dead or the task cancelled.
    private func ask(_ question: MailerMessage) async -> QueueMessage? {
        do {
            try await outbound.write(question)
        } catch {
            // The task is cancelled as soon as the end of the connection was read. Until then there is nothing
            // to ask.
        }
        return await answers.first { _ in true }
    }
}
