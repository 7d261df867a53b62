// What a browser calls itself, in words that people know.

/// A browser and its system, as far as the `User-Agent` tells; only ever shown, never decided by.
struct BrowserName {
    /// In this order: most browsers name the others too.
    private static let browsers = [
        ("Edg/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"), ("Chrome/", "Chrome"), ("CriOS/", "Chrome"), ("Safari/", "Safari"),
    ]
    private static let systems = [
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
        ("Mac OS X", "Mac"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
    ]

    private let userAgent: String

    init(userAgent: String) {
        self.userAgent = userAgent
    }

    /// Such as `Firefox on Linux`; nil when the name says nothing we know.
    var words: String? {
        let browser = known(Self.browsers)
        let system = known(Self.systems)
        guard let browser else { return system.map { "a browser on \($0)" } }
        return system.map { "\(browser) on \($0)" } ?? browser
    }

    private func known(_ names: [(mark: String, name: String)]) -> String? {
        names.first { userAgent.contains($0.mark) }?.name
    }
}
