import UpstreamSelection

// The way from the visitor to the app as a row of stations, with the broken one marked: which layer failed, at
// a glance.

/// How far a request came.
struct FailureChain: Equatable {
    enum Station: Int, CaseIterable {
        case visitor, site, tunnel, machine, app

        var name: String {
            switch self {
            case .visitor: "You"
            case .site: "This site"
            case .tunnel: "Tunnel"
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

    let stations: [Station]
    let broken: Station
    /// Those up to this one are known to work.
    private let lastGood: Station

    private init(stations: [Station], broken: Station, lastGood: Station) {
        self.stations = stations
        self.broken = broken
        self.lastGood = lastGood
    }

    /// Nil where the way to the app is not what failed.
    init?(_ kind: FailureKind) {
        let stations: [Station] = [.visitor, .site, .machine, .app]
        switch kind {
        case .tunnelDown, .connectionLost: self.init(stations: stations, broken: .machine, lastGood: .site)
        case .appDown, .appGarbled, .appSilent:
            self.init(stations: stations, broken: .app, lastGood: .machine)
        default: return nil
        }
    }

    init(_ layer: Outage.Layer) {
        switch layer {
        case .appDown: self.init(stations: Station.allCases, broken: .app, lastGood: .machine)
        // With nobody at its other end a tunnel can be anything.
        case .boxAway: self.init(stations: Station.allCases, broken: .machine, lastGood: .site)
        case .tunnelsDown: self.init(stations: Station.allCases, broken: .tunnel, lastGood: .site)
        }
    }

    func state(of station: Station) -> State {
        if station == broken { return .broken }
        return station.rawValue <= lastGood.rawValue ? .good : .unknown
    }

    var html: HTML {
        let items = stations.map { station -> HTML in
            let state = state(of: station)
            return """
                <li class="\(state.rawValue)"><span class="dot">\(Mark.state(state))</span>\(station.name)\
                <span class="hidden">: \(state.words)</span></li>

                """
        }
        return "<ol class=\"chain\" role=\"list\">\n\(HTML(joining: items))</ol>\n"
    }
}
