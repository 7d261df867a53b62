package import GateModel
package import TunnelSupervisor

/// How the gateway stands, for the one line that `systemctl status` shows.
///
/// Everybody on the machine may read it: it names no visitor.
package struct ServiceStanding: Sendable, Equatable {
    /// Where visitors come in.
    package var addresses: [String]
    package var way: Way
    /// How many addresses are signed in.
    package var signedIn: Int
    /// What keeps the database from being used.
    package var storeFault: Fault?
    /// Why the last mail did not leave, as one word.
    package var mailTrouble: String?
    package var configuration: ConfigurationStanding
    /// Parts that do not move.
    package var hanging: [String]

    /// What leads to the app.
    package enum Way: Sendable, Equatable {
        /// One path, which nobody watches.
        case direct(Endpoint)
        case tunnels(TunnelReport)
    }

    package init(
        addresses: [String], way: Way, signedIn: Int, storeFault: Fault? = nil, mailTrouble: String? = nil,
        configuration: ConfigurationStanding = ConfigurationStanding(), hanging: [String] = []
    ) {
        self.addresses = addresses
        self.way = way
        self.signedIn = signedIn
        self.storeFault = storeFault
        self.mailTrouble = mailTrouble
        self.configuration = configuration
        self.hanging = hanging
    }

    /// What there is first, then a sentence for each thing that is wrong.
    package var line: String {
        let people = signedIn == 0 ? "nobody signed in" : "\(signedIn) signed in"
        let serving = "Serving on \(addresses.joined(separator: ", ")); \(way.words); \(people)"
        return ([serving] + troubles).joined(separator: ". ")
    }

    private var troubles: [String] {
        var troubles: [String] = []
        if !hanging.isEmpty {
            troubles.append(
                "Hanging, and restarted by systemd unless it moves: \(hanging.joined(separator: ", "))")
        }
        if let storeFault { troubles.append("Nobody can sign in: \(storeFault.problem)") }
        if let mailTrouble {
            troubles.append("The last mail did not leave (\(mailTrouble)): runegate mail test ADDRESS")
        }
        return troubles + configuration.troubles
    }
}

extension ServiceStanding.Way {
    fileprivate var words: String {
        switch self {
        case .direct(let app): "traffic straight to \(app)"
        case .tunnels(let report): report.standing
        }
    }
}
