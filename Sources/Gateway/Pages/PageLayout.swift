// The frame of every page: head, brand, one card.

/// Renders pages; everything on them comes from the binary.
struct PageLayout: Sendable {
    let brand: String
    private let stylePath: String
    private let iconPath: String
    private let mark: HTML

    init(brand: String, assets: Assets) {
        self.brand = brand
        self.stylePath = assets.stylePath
        self.iconPath = assets.iconPath
        self.mark =
            assets.logoPath.map { "<img class=\"logo\" src=\"\($0)\" alt=\"\" height=\"44\">" } ?? Mark.inline
    }

    /// A page that loads something again after a while, with a script or without.
    struct Refresh {
        let seconds: Int
        /// Nil: the same address.
        let path: String?
    }

    /// A whole page.
    ///
    /// - Parameters:
    ///   - title: For the window; the brand is added.
    ///   - refresh: When it loads something again.
    ///   - content: The card's content, headed by an `h1`.
    /// - Returns: The document.
    func page(title: String, refresh: Refresh? = nil, content: HTML) -> HTML {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(title) · \(brand)</title>
        <link rel="stylesheet" href="\(stylePath)">
        <link rel="icon" href="\(iconPath)">
        \(refresh.map(metaRefresh))</head>
        <body>
        <div class="page">
        <header class="brand">\(mark)<span>\(brand)</span></header>
        <main class="card">
        \(content)
        </main>
        </div>
        <script>\(PageScript.source)</script>
        </body>
        </html>

        """
    }

    private func metaRefresh(_ refresh: Refresh) -> HTML {
        guard let path = refresh.path else {
            return "<meta http-equiv=\"refresh\" content=\"\(refresh.seconds)\">\n"
        }
        return "<meta http-equiv=\"refresh\" content=\"\(refresh.seconds); url=\(path)\">\n"
    }
}
