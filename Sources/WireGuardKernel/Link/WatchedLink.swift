/// The state of one interface, kept up to date from link messages.
struct WatchedLink: Equatable {
    let name: InterfaceName
    /// The kernel's number of the interface; nil while there is none of that name.
    private(set) var index: Int32?
    private(set) var isUp = false

    var exists: Bool { index != nil }

    init(name: InterfaceName) {
        self.name = name
    }

    /// Takes a message about any interface.
    ///
    /// - Returns: Whether it changed this one.
    mutating func take(_ message: LinkMessage) -> Bool {
        let before = self
        if message.exists, message.name == name.text {
            index = message.index
            isUp = message.isUp
        } else if message.index == index, !message.exists || message.name != nil {
            // Deleted, or it has another name now.
            forget()
        }
        return self != before
    }

    /// There is no such interface.
    ///
    /// - Returns: Whether there was one.
    @discardableResult
    mutating func forget() -> Bool {
        defer { (index, isUp) = (nil, false) }
        return exists
    }
}
