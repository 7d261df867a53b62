import UpstreamSelection

// What the page says of each layer that can break on the way to the app.

extension FailureWords {
    init(_ layer: Outage.Layer) {
        switch layer {
        case .appDown: self.init(FailureKind.appDown)
        case .tunnelsDown:
            self.init(
                code: "tunnels_down", title: "The machine behind this site is out of reach",
                text: "This server is fine, but none of its lines to the machine that runs the app works.",
                action: .retry)
        case .boxAway:
            self.init(
                code: "box_away", title: "The machine behind this site is away",
                text: "This server is fine, but the machine that runs the app has gone quiet. "
                    + "It is probably switched off or offline.",
                action: .retry)
        }
    }
}
