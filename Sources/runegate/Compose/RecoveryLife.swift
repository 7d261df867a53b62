import Identity
import ServiceLifecycle
import TunnelSupervisor
import UpstreamSelection

/// Writes to those who wait for the app, once it has been reachable for some time.
struct RecoveryLife: Service {
    let mails: RecoveryMails
    let tunnels: TunnelService
    let reader: SelectionReader
    let stableFor: Duration

    func run() async throws {
        await cancelWhenGracefulShutdown { [mails, tunnels, reader, stableFor] in
            await mails.run(stableFor: stableFor) {
                guard tunnels.isAppReached else { return true }
                // Before anybody is called back the paths are probed as if visitors were there: an app that goes
                // down again at once is noticed.
                reader.report(.requestBegan(reader.current.current.name))
                return false
            }
        }
    }
}
