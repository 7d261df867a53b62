import GateModel
import Logging
package import Mail
import Store
import Synchronization

/// The queue of mails to leave: durable and sealed in the database, leased to a worker one by one.
///
/// A mail stays until it was sent, refused, or its link ended. What is leased and when the next try is due is
/// only in memory: a process that starts again tries everything at once, which at worst delivers a mail twice.
package final class MailQueue: MailSource {
    /// How often to look while nothing is known to be due.
    static let idleCheck = Duration.seconds(60)

    private struct Outcome {
        let event: AuditEntry.Event
        let detail: String
    }

    private struct State {
        var times = RetryTimes()
        /// Outcomes that the database did not take yet; their mails must not leave again.
        var unwritten: [String: Outcome] = [:]
        /// Why the last mail did not leave; nil once one has left.
        var problem: Problem?

        mutating func note(_ outcome: MailOutcome) {
            switch outcome {
            case .sent: problem = nil
            case .deferred(.interrupted, _): break
            case .refused(let reason, let detail):
                problem = Problem(reason: reason.rawValue, detail: detail)
            case .deferred(let reason, let detail):
                problem = Problem(reason: reason.rawValue, detail: detail)
            }
        }
    }

    /// What happened to a mail that did not leave.
    private struct Problem {
        let reason: String
        let detail: String
    }

    private let store: StateStore
    private let settings: LiveSettings
    private let time: any TimeSource
    private let logger = Logger(label: "identity")
    private let state = Mutex(State())
    private let signal = Signal()

    init(store: StateStore, settings: LiveSettings, time: any TimeSource) {
        self.store = store
        self.settings = settings
        self.time = time
    }

    /// Says that a mail may have come in.
    func wake() {
        signal.raise()
    }

    package func lease() async -> MailJob? {
        await writeOutcomes()
        while true {
            let now = time.now().sinceBoot
            let excluded = state.withLock { $0.times.held(at: now).union($0.unwritten.keys) }
            guard let mail = try? await store.waitingMails(excluding: excluded, limit: 1).first else {
                return nil
            }
            guard let job = MailJob(mail, settings: settings.current, unixSeconds: time.now().unixSeconds)
            else {
                await finish(mail.id, Outcome(event: .mailDropped, detail: "no key opens it any more"))
                continue
            }
            if job.kind == .recovery, !settings.current.policy.allows(job.recipient) {
                await finish(
                    mail.id, Outcome(event: .mailDropped, detail: "the address is no longer allowed"))
                continue
            }
            if state.withLock({ $0.times.lease(mail.id, at: now) }) { return job }
        }
    }

    /// How the queue stands, for the owner: mails that wait (nil without a database), and why the last one did
    /// not leave, if it did not.
    package func condition() async -> (waiting: Int?, problem: String?) {
        let waiting = try? await store.waitingMailCount()
        return (waiting, state.withLock { $0.problem.map { "\($0.reason): \($0.detail)" } })
    }

    /// Why the last mail did not leave, as one word that names nobody; nil when it did.
    package var trouble: String? { state.withLock { $0.problem?.reason } }

    package func report(_ id: String, _ outcome: MailOutcome) async {
        state.withLock { state in
            state.note(outcome)
            state.times.note(outcome, of: id, at: time.now().sinceBoot)
        }
        switch outcome {
        case .sent(let reply):
            await finish(id, Outcome(event: .mailSent, detail: reply))
        case .refused(.expired, let detail):
            // The worker goes by the wall clock, which may have been set while it had the mail.
            if await isAlive(id) {
                state.withLock { $0.times.repeatSoon(id, at: time.now().sinceBoot) }
            } else {
                await finish(id, Outcome(event: .mailDropped, detail: detail))
            }
        case .refused(let reason, let detail):
            await finish(id, Outcome(event: .mailRefused, detail: "\(reason.rawValue): \(detail)"))
        case .deferred(.interrupted, _): break
        case .deferred: try? await store.countMailAttempt(id)
        }
        signal.raise()
    }

    package func waitUntilDue() async {
        let now = time.now().sinceBoot
        let next = state.withLock { $0.times.next(after: now) }
        let wait = min(next.map { $0 - now } ?? Self.idleCheck, Self.idleCheck)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await Task.sleep(for: wait) }
            group.addTask { await self.signal.wait() }
            await group.next()
            group.cancelAll()
        }
    }

    /// Whether the mail's link still counts; also when that cannot be known now.
    private func isAlive(_ id: String) async -> Bool {
        guard let waiting = try? await store.waitingMails(excluding: [], limit: .max) else { return true }
        return waiting.contains { $0.id == id }
    }

    private func finish(_ id: String, _ outcome: Outcome) async {
        state.withLock { state in
            state.times.forget(id)
            state.unwritten[id] = outcome
        }
        await writeOutcomes()
    }

    private func writeOutcomes() async {
        for (id, outcome) in state.withLock({ $0.unwritten }) {
            do throws(Fault) {
                try await store.finishMail(id, event: outcome.event, detail: outcome.detail)
                state.withLock { _ = $0.unwritten.removeValue(forKey: id) }
            } catch {
                logger.warning(
                    "a mail's outcome is kept in memory", metadata: ["mail": "\(id)", "why": "\(error)"])
            }
        }
    }
}
