import GateModel
import Identity
import NIOHTTP1

// Using a link or a code, and signing out.

extension Site {
    /// The link from the mail.
    ///
    /// It signs in at once only where ``LinkOpening`` says so, so that scanners,
    /// previews and foreign pages cannot use it up.
    func openLink(_ request: LocalRequest) async -> LocalResponse {
        let asPage = wantsPage(request.headers)
        let query = try? FormFields(urlEncoded: (request.query ?? "").utf8)
        guard let token = query?["token"], !token.isEmpty else {
            return failure(words: .incompleteLink, status: .badRequest, wantsHTML: asPage)
        }
        // HEAD changes nothing and tells nothing.
        guard request.method != .HEAD else { return .page(.ok, "") }
        let nonce = nonce(of: request)
        switch await useCases.viewLink(token, nonce, request.client) {
        case .valid(let view):
            let opening = LinkOpening(
                method: request.method, headers: request.headers, isSameBrowser: view.isSameBrowser,
                hasSession: request.session != nil)
            switch opening {
            case .confirm: return confirmPage(view, token: token, request)
            case .signIn:
                let answer = await useCases.spendLink(token, nonce, request.client)
                return await finish(answer, request, asPage: asPage)
            }
        case .invalid: return invalidLink(asPage: asPage)
        case .limited(let limit):
            return limited(
                limit, page: asPage ? layout.limited(limit, hasCodeForm: false, continueAt: nil) : nil)
        case .unavailable: return failure(.signInUnavailable, wantsHTML: asPage)
        }
    }

    private func confirmPage(_ view: LinkView, token: String, _ request: LocalRequest) -> LocalResponse {
        // A cookie of an earlier confirm page is kept, so that two open pages both work.
        let cookie =
            cookies.confirmationValue(in: request.headers)
            .flatMap { value in BrowserNonce.decode(value).map { _ in String(value) } }
            ?? confirmation.makeCookie()
        let page = layout.confirm(
            ConfirmForm(
                account: view.account.description, token: token,
                confirmation: confirmation.formValue(cookie: cookie, token: token),
                requestedAt: view.requestedAt, requestedBy: view.requestedBy,
                signedInAs: request.session?.user))
        return LocalResponse.page(.ok, page)
            .adding("Set-Cookie", cookies.confirmation(cookie, lifetime: view.expiresIn))
    }

    /// The confirm page's button.
    func confirmLink(_ request: LocalRequest) async -> LocalResponse {
        let asPage = wantsPage(request.headers)
        let fields: FormFields
        switch Result(catching: { () throws(FormFields.Problem) in try formFields(request) }) {
        case .success(let read): fields = read
        case .failure(.unsupportedType): return failure(.unsupportedMediaType, wantsHTML: asPage)
        case .failure(.malformed): return failure(.badRequest, wantsHTML: asPage)
        }
        guard let token = fields["token"], !token.isEmpty else {
            return failure(words: .incompleteLink, status: .badRequest, wantsHTML: asPage)
        }
        guard let value = fields["confirm"], let cookie = cookies.confirmationValue(in: request.headers),
            confirmation.isValid(value, cookie: cookie, token: token)
        else { return failure(words: .openLinkAgain, status: .forbidden, wantsHTML: asPage) }
        let answer = await useCases.spendLink(token, nonce(of: request), request.client)
        return await finish(answer, request, asPage: asPage)
    }

    /// The short code, typed into the browser that asked for it.
    func enterCode(_ request: LocalRequest) async -> LocalResponse {
        let isJSON = isJSON(request)
        let fields: FormFields
        switch Result(catching: { () throws(FormFields.Problem) in try formFields(request) }) {
        case .success(let read): fields = read
        case .failure(.unsupportedType):
            return failure(.unsupportedMediaType, wantsHTML: wantsPage(request.headers))
        case .failure(.malformed): return failure(.badRequest, wantsHTML: !isJSON)
        }
        // Without its cookie no code can be right; a nonce that nobody has makes the try count all the same.
        let nonce = nonce(of: request) ?? BrowserNonce.make()
        let answer = await useCases.spendCode(fields["code"] ?? "", nonce, request.client)
        if case .invalid = answer {
            return isJSON
                ? .json(.unauthorized, ["error": "invalid_code", "message": .text(Words.wrongCode)])
                : .page(.unauthorized, layout.checkMail(minutes: linkMinutes, isCodeWrong: true))
        }
        return await finish(answer, request, asPage: !isJSON)
    }

    /// Ends the session, for good before the answer, and shows the sign-in page.
    func signOut(_ request: LocalRequest) async -> LocalResponse {
        var response = LocalResponse.redirect(.seeOther, to: SiteRoutes.prefix + "login?signed-out=1")
        if let session = request.session, await !useCases.signOut(session) {
            response = failure(
                words: .signOutNotStored, status: .serviceUnavailable, wantsHTML: wantsPage(request.headers))
        }
        return response.adding("Set-Cookie", cookies.sessionRemoval())
    }

    /// Sets the new session's cookie and goes where the visitor wanted to go.
    private func finish(_ answer: SignInAnswer, _ request: LocalRequest, asPage: Bool) async -> LocalResponse
    {
        switch answer {
        case .signedIn(let new):
            // A session that was replaced in this browser has no cookie any more: it must not live on unseen.
            if let old = request.session { _ = await useCases.signOut(old) }
            // Checked when it was stored; once more, since this is the line that sends people away.
            let next = new.next.flatMap(SafeRedirect.check) ?? "/"
            return LocalResponse.redirect(.seeOther, to: next)
                .adding("Set-Cookie", cookies.session(new.cookieValue, expiresIn: new.expiresIn))
                .adding(
                    "Set-Cookie",
                    cookies.nonce(BrowserNonce.encode(BrowserNonce.make()), lifetime: nonceLifetime)
                )
                .adding("Set-Cookie", cookies.confirmation("", lifetime: .zero))
        case .invalid: return invalidLink(asPage: asPage)
        case .limited(let limit):
            // The page comes from a POST as often as not: go on at the sign-in page, not at the same address.
            let page = layout.limited(limit, hasCodeForm: false, continueAt: "login")
            return limited(limit, page: asPage ? page : nil)
        case .unavailable: return failure(.signInUnavailable, wantsHTML: asPage, retries: false)
        }
    }

    private func invalidLink(asPage: Bool) -> LocalResponse {
        failure(words: .invalidLink, status: .unauthorized, wantsHTML: asPage)
    }
}
