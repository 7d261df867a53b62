import Identity
import ServiceLifecycle
import UpstreamSelection

/// Writes to those who wait for the app, once it has been reachable for some time.
struct RecoveryLife: Service {
    let mails: RecoveryMails
    let reader: SelectionReader
    let stableFor: Duration

    func run() async throws {
        await cancelWhenGracefulShutdown { [mails, reader, stableFor] in
            await mails.run(stableFor: stableFor) {
                let selection = reader.current
                guard selection.outage == nil else { return true }
                // As long as somebody waits the paths are probed as if visitors were there: an app that goes
                // down again at once is not called back.
                reader.report(.requestBegan(selection.current.name))
                return false
            }
        }
    }
}
