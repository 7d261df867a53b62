import GateModel
import NIOHTTP1

// The files inside the binary, under names that change with their content, so that browsers may keep them
// for good.

/// One file.
struct Asset: Sendable {
    let contentType: String
    let bytes: [UInt8]
}

/// Every file of our pages, made once for the owner's colour and logo.
struct Assets: Sendable {
    /// By the name under `/.runegate/assets/`.
    let files: [String: Asset]
    let stylePath: String
    let iconPath: String
    /// Nil: the built-in mark.
    let logoPath: String?

    init(accent: AccentColor, logo: BrandLogo?) {
        var files: [String: Asset] = [:]
        func add(_ stem: String, _ suffix: String, _ type: String, _ bytes: [UInt8]) -> String {
            let name = "\(stem).\(Self.contentHash(bytes)).\(suffix)"
            files[name] = Asset(contentType: type, bytes: bytes)
            return SiteRoutes.prefix + "assets/" + name
        }
        self.stylePath = add("style", "css", "text/css; charset=utf-8", Array(StyleSheet.text(accent).utf8))
        self.iconPath = add("icon", "svg", "image/svg+xml", Array(Mark.icon(accent).utf8))
        self.logoPath = logo.map { add("logo", $0.format.suffix, $0.format.contentType, $0.bytes) }
        self.files = files
    }

    func response(_ name: String) -> LocalResponse? {
        guard let file = files[name] else { return nil }
        return LocalResponse(
            status: .ok,
            headers: [
                "Cache-Control": "public, max-age=31536000, immutable",
                // An SVG opened by itself is a document of this origin: it may not run anything.
                "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
                "Content-Type": file.contentType,
                "Cross-Origin-Resource-Policy": "same-origin",
                "X-Content-Type-Options": "nosniff",
                "X-Robots-Tag": "noindex, nofollow",
            ], body: file.bytes)
    }

    /// FNV-1a, 64 bits: tells contents apart, protects nothing.
    private static func contentHash(_ bytes: [UInt8]) -> String {
        let hash = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return String(hash, radix: 36)
    }
}
