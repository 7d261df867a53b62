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
    /// The first wait after a failure; each further one doubles it.
    static let firstBackOff = Duration.seconds(5)
    static let maximumBackOff = Duration.seconds(300)
    /// A worker that has not reported by then is taken for dead.
    static let leaseTime = Duration.seconds(600)
    /// How often to look while nothing is known to be due.
    static let idleCheck = Duration.seconds(60)

    private struct Outcome {
        let event: AuditEntry.Event
        let detail: String
    }

    private struct State {
        /// Mails that may not be leased before a time since boot: leased ones, and ones that wait.
        var notBefore: [String: Duration] = [:]
        var failures: [String: Int] = [:]
        /// Outcomes that the database did not take yet; their mails must not leave again.
        var unwritten: [String: Outcome] = [:]
        /// Why the last mail did not leave; nil once one has left.
        var problem: String?
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
            let excluded = state.withLock { state in
                state.notBefore = state.notBefore.filter { $0.value > now || state.failures[$0.key] != nil }
                return Set(state.notBefore.filter { $0.value > now }.keys).union(state.unwritten.keys)
            }
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
            let isFree = state.withLock { state in
                guard state.notBefore[mail.id].map({ $0 <= now }) ?? true else { return false }
                state.notBefore[mail.id] = now + Self.leaseTime
                return true
            }
            if isFree { return job }
        }
    }

    /// How the queue stands, for the owner: mails that wait (nil without a database), and why the last one did
    /// not leave, if it did not.
    package func condition() async -> (waiting: Int?, problem: String?) {
        let waiting = try? await store.waitingMailCount()
        return (waiting, state.withLock { $0.problem })
    }

    package func report(_ id: String, _ outcome: MailOutcome) async {
        note(outcome)
        switch outcome {
        case .sent(let reply):
            await finish(id, Outcome(event: .mailSent, detail: reply))
        case .refused(.expired, let detail):
            await finish(id, Outcome(event: .mailDropped, detail: detail))
        case .refused(let reason, let detail):
            await finish(id, Outcome(event: .mailRefused, detail: "\(reason.rawValue): \(detail)"))
        case .deferred(.interrupted, _):
            // Soon, but not at once: a mailer that dies at every mail must not spin.
            state.withLock { $0.notBefore[id] = time.now().sinceBoot + .seconds(1) }
        case .deferred:
            await putOff(id)
        }
        signal.raise()
    }

    package func waitUntilDue() async {
        let now = time.now().sinceBoot
        let next = state.withLock { $0.notBefore.values.filter { $0 > now }.min() }
        let wait = min(next.map { $0 - now } ?? Self.idleCheck, Self.idleCheck)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await Task.sleep(for: wait) }
            group.addTask { await self.signal.wait() }
            await group.next()
            group.cancelAll()
        }
    }

    /// How long a mail waits after its nth failure in a row, from 1.
    static func backOff(failures: Int) -> Duration {
        min(firstBackOff * (1 << min(failures - 1, 10)), maximumBackOff)
    }

    private func note(_ outcome: MailOutcome) {
        state.withLock { state in
            switch outcome {
            case .sent: state.problem = nil
            case .refused(let reason, let detail): state.problem = "\(reason.rawValue): \(detail)"
            case .deferred(.interrupted, _): break
            case .deferred(let reason, let detail): state.problem = "\(reason.rawValue): \(detail)"
            }
        }
    }

    private func putOff(_ id: String) async {
        state.withLock { state in
            let failures = state.failures[id, default: 0] + 1
            state.failures[id] = failures
            state.notBefore[id] = time.now().sinceBoot + Self.backOff(failures: failures)
        }
        try? await store.countMailAttempt(id)
    }

    private func finish(_ id: String, _ outcome: Outcome) async {
        state.withLock { state in
            state.notBefore[id] = nil
            state.failures[id] = nil
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
