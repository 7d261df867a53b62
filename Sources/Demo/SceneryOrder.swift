/// What somebody wants done to the demo's scenery: typed as a letter, or sent by `runegate demo cut` and `mend`.
package enum SceneryOrder: Equatable, Sendable {
    case cut(DemoScenery.Part)
    case mend(DemoScenery.Part)
    /// Whichever of the two changes something.
    case toggle(DemoScenery.Part)

    /// The letter of each part on the demo's terminal.
    static let letters: [Character: DemoScenery.Part] = ["w": .wireGuard, "r": .rathole, "a": .app]

    /// Reads `cut wireguard`, `mend app` or one of ``letters``; nil for anything else.
    package init?(_ line: String) {
        let words = line.split(whereSeparator: \.isWhitespace).map { $0.lowercased() }
        switch (words.first, words.count) {
        case (let letter?, 1):
            guard letter.count == 1, let part = letter.first.flatMap({ Self.letters[$0] }) else { return nil }
            self = .toggle(part)
        case ("cut", 2):
            guard let part = DemoScenery.Part(rawValue: words[1]) else { return nil }
            self = .cut(part)
        case ("mend", 2):
            guard let part = DemoScenery.Part(rawValue: words[1]) else { return nil }
            self = .mend(part)
        default: return nil
        }
    }

    /// The line that ``init(_:)`` reads.
    package var line: String {
        switch self {
        case .cut(let part): "cut \(part.rawValue)"
        case .mend(let part): "mend \(part.rawValue)"
        case .toggle(let part): String(Self.letters.first { $0.value == part }?.key ?? "?")
        }
    }
}

extension DemoScenery {
    /// Does what was asked for; returns how things are now, or what is wrong.
    package func perform(_ order: SceneryOrder) async -> String {
        do {
            switch order {
            case .cut(let part): return await cut(part)
            case .mend(let part): return try await mend(part)
            case .toggle(let part): return isCut(part) ? try await mend(part) : await cut(part)
            }
        } catch {
            return "\(error)"
        }
    }
}
