internal import GateModel
internal import TunnelSupervisor

// What goes to and fro about tunnels beside the report itself. Names are JSON keys, in snake case.

/// The answer to `why`.
package struct WhyAnswer: Codable, Sendable, Equatable {
    package var lines: [String]
}

/// What `prefer` takes, and answers when it is done.
struct PreferenceInput: Codable, Sendable, Equatable {
    var preference: String

    func checked() throws(Malformed) -> Preference {
        guard let known = Preference(rawValue: preference) else {
            let words = Preference.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            throw Malformed(expected: "\"preference\" to be one of \(words)")
        }
        return known
    }
}
