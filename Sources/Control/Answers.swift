internal import GateModel
internal import Identity

// What the control socket answers, as values. Their names are the keys of the JSON, in snake case, and are
// documented in docs/CONTROL.md: once released they stay.

/// What runs, and how it stands.
package struct ServiceStatus: Codable, Sendable, Equatable {
    /// One way to the app.
    package struct Path: Codable, Sendable, Equatable {
        package var name: String
        package var endpoint: String
        /// Whether new requests take it.
        package var isCurrent: Bool
        /// Whether it is a relay inside the program (`runegate demo`).
        package var isSimulated: Bool

        package init(name: String, endpoint: String, isCurrent: Bool, isSimulated: Bool) {
            self.name = name
            self.endpoint = endpoint
            self.isCurrent = isCurrent
            self.isSimulated = isSimulated
        }
    }

    /// The queue of mails.
    package struct Mail: Codable, Sendable, Equatable {
        /// `smtp`, `outbox` or `none`.
        package var transport: String
        /// Mails that wait for their first or next attempt; nil when the queue cannot be read.
        package var waiting: Int?
        /// What happened to the last mail that did not leave, and nil when all is well.
        package var problem: String?

        package init(transport: String, waiting: Int?, problem: String?) {
            self.transport = transport
            self.waiting = waiting
            self.problem = problem
        }
    }

    package var version: String
    package var environment: String
    package var baseUrl: String
    package var uptimeSeconds: Int64
    package var sessionCount: Int
    package var paths: [Path]
    package var mail: Mail

    package init(
        version: String, environment: String, baseURL: String, uptimeSeconds: Int64, sessionCount: Int,
        paths: [Path], mail: Mail
    ) {
        self.version = version
        self.environment = environment
        self.baseUrl = baseURL
        self.uptimeSeconds = uptimeSeconds
        self.sessionCount = sessionCount
        self.paths = paths
        self.mail = mail
    }
}

/// A live session.
package struct SessionRow: Codable, Sendable, Equatable {
    /// The beginning of the SHA-256 of its secret identifier: names it, opens nothing.
    package var id: String
    package var email: String
    package var begunUnixSeconds: Int64
    /// Since the last request or stream activity.
    package var idleSeconds: Int64
    /// Until it ends unless it is used.
    package var expiresInSeconds: Int64
    /// Where the visitor signed in from.
    package var address: String
    package var userAgent: String

    package init(
        id: String, email: String, begunUnixSeconds: Int64, idleSeconds: Int64, expiresInSeconds: Int64,
        address: String, userAgent: String
    ) {
        self.id = id
        self.email = email
        self.begunUnixSeconds = begunUnixSeconds
        self.idleSeconds = idleSeconds
        self.expiresInSeconds = expiresInSeconds
        self.address = address
        self.userAgent = userAgent
    }

    init(_ summary: SessionSummary) {
        self.init(
            id: summary.id.description, email: summary.email.description,
            begunUnixSeconds: summary.begun.unixSeconds, idleSeconds: summary.idleFor.components.seconds,
            expiresInSeconds: summary.expiresIn.components.seconds,
            address: summary.begun.client.address.description, userAgent: summary.begun.client.userAgent)
    }
}

/// A sign-in that happened; its session may have ended.
package struct SignInRow: Codable, Sendable, Equatable {
    package var email: String
    package var unixSeconds: Int64
    package var address: String

    package init(email: String, unixSeconds: Int64, address: String) {
        self.email = email
        self.unixSeconds = unixSeconds
        self.address = address
    }
}

/// A fresh sign-in link: whoever has it can sign in.
package struct IssuedLink: Codable, Sendable, Equatable {
    package var url: String
    package var email: String
    package var expiresInSeconds: Int64

    package init(url: String, email: String, expiresInSeconds: Int64) {
        self.url = url
        self.email = email
        self.expiresInSeconds = expiresInSeconds
    }
}

/// The answer to revoking.
package struct Revocation: Codable, Sendable, Equatable {
    /// How many sessions were ended.
    package var ended: Int
}

struct SessionList: Codable, Sendable, Equatable {
    var sessions: [SessionRow]
}

/// An answer that is no success.
struct Refusal: Codable, Sendable, Equatable {
    /// A stable word.
    var code: String
    /// What is wrong.
    var error: String
    /// What to do next.
    var remedy: String
}

/// Whether a link's token would sign somebody in now.
package struct LinkStanding: Codable, Sendable, Equatable {
    package var counts: Bool
}
