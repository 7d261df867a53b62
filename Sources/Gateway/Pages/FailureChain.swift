// The way from the visitor to the app as a row of four stations, with the broken one marked: which layer
// failed, at a glance.

/// How far a request came.
struct FailureChain: Equatable {
    enum Station: Int, CaseIterable {
        case visitor, site, machine, app

        var name: String {
            switch self {
            case .visitor: "You"
            case .site: "This site"
            case .machine: "Machine"
            case .app: "App"
            }
        }
    }

    enum State: String {
        case good, broken, unknown

        var words: String {
            switch self {
            case .good: "works"
            case .broken: "does not answer"
            case .unknown: "not known"
            }
        }
    }

    let broken: Station

    /// Nil where the way to the app is not what failed.
    init?(_ kind: FailureKind) {
        switch kind {
        case .tunnelDown, .connectionLost: self.broken = .machine
        case .appDown, .appGarbled, .appSilent: self.broken = .app
        default: return nil
        }
    }

    func state(of station: Station) -> State {
        if station == broken { return .broken }
        return station.rawValue < broken.rawValue ? .good : .unknown
    }

    var html: HTML {
        let stations = Station.allCases.map { station -> HTML in
            let state = state(of: station)
            return """
                <li class="\(state.rawValue)"><span class="dot">\(Mark.state(state))</span>\(station.name)\
                <span class="hidden">: \(state.words)</span></li>

                """
        }
        return "<ol class=\"chain\" role=\"list\">\n\(HTML(joining: stations))</ol>\n"
    }
}
