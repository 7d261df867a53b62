import Control
import Gateway
import Identity

extension OwnersDoor {
    /// The owner's page as the gateway's site asks for it.
    @Sendable func answer(_ request: LocalRequest, to admin: Session) async -> LocalResponse {
        let response = await respond(
            method: request.method, path: request.path, headers: request.headers, body: request.body,
            admin: admin.user)
        return LocalResponse(status: response.status, headers: response.headers, body: response.body)
    }
}
