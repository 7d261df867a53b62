import Identity
import ServiceLifecycle

/// Sessions expire, last uses are saved, and a lost database is opened again, while everything else runs.
struct IdentityLife: Service {
    let identity: IdentityServices

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await identity.run()
        }
    }
}
