// What an error page says: what happened, in plain words, and what to do now.

/// The words of one error.
struct FailureWords: Sendable, Equatable {
    /// A stable word for programs.
    let code: String
    let title: String
    let text: String
    /// What the page offers.
    var action = Action.none

    enum Action: Sendable {
        case none
        /// To the sign-in page, for a new link.
        case newLink
        /// To the sign-in page.
        case signIn
        /// To the app's front page.
        case home
        /// The same address again.
        case retry
    }
}

extension FailureWords {
    static let invalidLink = FailureWords(
        code: "invalid_link", title: "Invalid or expired login link",
        text:
            "A link works once, and only for a short time. Ask for a new one, or use the newest message you have.",
        action: .newLink)
    static let incompleteLink = FailureWords(
        code: "incomplete_link", title: "This link is not complete",
        text: "Part of it is missing. Open it from the message itself, or copy all of it.", action: .newLink)
    static let openLinkAgain = FailureWords(
        code: "open_link_again", title: "Please open the link again",
        text:
            "This page was open too long, or came from somewhere else. Open the link from the message once more.",
        action: .newLink)
    static let signOutNotStored = FailureWords(
        code: "sign_out_not_stored", title: "You are signed out in this browser",
        text: "But the server could not write that down. Please tell the owner of this site.", action: .signIn
    )
    static let noMail = FailureWords(
        code: "no_mail", title: "This site sends no mail",
        text: "So it cannot write to you when it is back. Leave the page open: it tries again by itself.",
        action: .home)
    static let wishNotKept = FailureWords(
        code: "wish_not_kept", title: "We could not write that down",
        text: "So no mail would come. Leave the page open instead: it tries again by itself.", action: .home)
    static let methodNotAllowed = FailureWords(
        code: "method_not_allowed", title: "That does not work here",
        text: "This address cannot be used in that way.", action: .home)

    init(_ kind: FailureKind) {
        self = Self.app[kind] ?? Self.request(kind)
    }

    /// Which layer between here and the app broke.
    private static let app: [FailureKind: FailureWords] = [
        .appDown: FailureWords(
            code: "app_down", title: "The app is not running",
            text: "We reached the machine behind this site, but the app on it does not answer the door. "
                + "It may be starting.", action: .retry),
        .connectionLost: FailureWords(
            code: "connection_lost", title: "We lost the connection to the app",
            text: "The connection to the machine behind this site broke before it could answer.",
            action: .retry),
        .appGarbled: FailureWords(
            code: "app_garbled", title: "The app gave an answer we cannot read",
            text: "The app is running, but what it sent back is not a proper web answer.", action: .retry),
        .tunnelDown: FailureWords(
            code: "tunnel_down", title: "The machine behind this site is out of reach",
            text: "This server is fine, but its line to the machine that runs the app is down. "
                + "The machine may be off or offline.", action: .retry),
        .overloaded: FailureWords(
            code: "overloaded", title: "The app is very busy",
            text: "More requests are waiting than we can hold. Please give it a moment.", action: .retry),
        .stopping: FailureWords(
            code: "stopping", title: "Back in a moment",
            text: "This server is restarting. You stay signed in.", action: .retry),
        .signInUnavailable: FailureWords(
            code: "sign_in_unavailable", title: "Signing in is not possible right now",
            text:
                "The server cannot store anything at the moment. Nothing is lost: your link still works later, "
                + "and whoever is signed in stays signed in.", action: .retry),
        .appSilent: FailureWords(
            code: "app_silent", title: "The app takes too long",
            text: "It took the request, but has not answered. It may be busy with something big.",
            action: .retry),
    ]

    /// What was wrong with the request itself.
    private static func request(_ kind: FailureKind) -> FailureWords {
        switch kind {
        case .forbidden:
            FailureWords(
                code: "forbidden", title: "That came from another site",
                text: "For your safety this only works from our own pages. Please start there.",
                action: .signIn)
        case .notFound:
            FailureWords(
                code: "not_found", title: "There is nothing here", text: "This address leads nowhere.",
                action: .home)
        case .requestTimeout:
            FailureWords(
                code: "request_timeout", title: "That took too long",
                text: "Your request did not arrive in time. Please try again.", action: .home)
        case .payloadTooLarge:
            FailureWords(
                code: "payload_too_large", title: "That is too much",
                text: "A form here takes only a few words.",
                action: .signIn)
        case .targetTooLong:
            FailureWords(
                code: "target_too_long", title: "This address is too long",
                text: "Please use a shorter one, or start at the front page.", action: .home)
        case .unsupportedMediaType:
            FailureWords(
                code: "unsupported_media_type", title: "We cannot read that",
                text: "Send a web form or JSON.", action: .signIn)
        case .misdirected:
            FailureWords(
                code: "misdirected", title: "Wrong address",
                text: "This site goes by another name. Please check the address you typed.")
        case .tooManyRequests:
            FailureWords(
                code: "too_many_requests", title: "A little slower, please",
                text: "Too many requests came from your network. Please wait a moment.", action: .retry)
        case .headersTooLarge:
            FailureWords(
                code: "headers_too_large", title: "Your browser sent too much",
                text: "Clearing the cookies of this site usually helps.")
        case .notImplemented:
            FailureWords(
                code: "not_implemented", title: "We do not speak that",
                text: "This kind of request is not supported.")
        default:
            FailureWords(
                code: "bad_request", title: "We did not understand that",
                text: "Something in this request is not as it should be. Please start at the front page.",
                action: .home)
        }
    }
}
