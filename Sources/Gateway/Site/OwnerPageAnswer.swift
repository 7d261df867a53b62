package import Identity
import NIOHTTP1

/// What answers at the owner's door, for an admin who is signed in there.
///
/// The page is another module's; the site asks who may see it and guards it like its own.
package typealias OwnerPageAnswer = @Sendable (LocalRequest, _ admin: Session) async -> LocalResponse

extension Site {
    /// Anything that could change something needs the `Origin` of this door: pages of the app's host are
    /// same-site, so their forms carry the owner's cookie too.
    func ownerPage(_ request: LocalRequest) async -> LocalResponse {
        guard let answer = ownerPageAnswer, let admin = request.session else {
            return failure(.notFound, wantsHTML: wantsPage(request.headers))
        }
        let isRead = request.method == .GET || request.method == .HEAD
        guard isRead || origins.isOurs(request.headers) else {
            return failure(.forbidden, wantsHTML: wantsPage(request.headers))
        }
        var response = await answer(request, admin)
        for (name, value) in LocalResponse.baseHeaders where !response.headers.contains(name: name) {
            response.headers.add(name: name, value: value)
        }
        return response
    }
}
