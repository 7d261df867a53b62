package import GateModel

/// What keeps every request from the app, and since when.
package struct Outage: Sendable, Hashable {
    /// How far a request would come.
    package enum Layer: String, Sendable, Hashable, CaseIterable {
        /// The box has gone quiet: it is off or offline.
        case boxAway = "box-away"
        /// No path leads to the box.
        case tunnelsDown = "tunnels-down"
        /// The box is reached, and the app does not answer there.
        case appDown = "app-down"
    }

    package let layer: Layer
    /// When requests stopped getting through; it stays when only the layer becomes another.
    package let since: Moment

    package init(layer: Layer, since: Moment) {
        self.layer = layer
        self.since = since
    }
}
