import GateModel
import Glibc

/// The owner's logo, read once at start.
struct BrandLogo: Sendable {
    enum Format: Sendable {
        case svg, png

        var suffix: String { self == .svg ? "svg" : "png" }
        var contentType: String { self == .svg ? "image/svg+xml" : "image/png" }
    }

    /// A logo is on every page; a photograph is not a logo.
    static let maximumBytes = 256 * 1024

    let format: Format
    let bytes: [UInt8]

    /// Tells SVG and PNG apart by their content; nil when it is neither.
    init?(bytes: [UInt8]) {
        if bytes.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) {
            self.format = .png
        } else if let text = String(validating: bytes, as: UTF8.self), text.contains("<svg") {
            self.format = .svg
        } else {
            return nil
        }
        self.bytes = bytes
    }

    /// - Throws: When the file cannot be read, is too large, or is no SVG or PNG.
    static func read(path: String) throws(Fault) -> BrandLogo {
        let remedy = "Name an SVG or PNG file of at most \(maximumBytes / 1024) KiB in RUNEGATE_BRAND_LOGO"
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let reason = String(cString: strerror(errno))
            throw Fault(
                code: "logo-unreadable", problem: "The logo \(path) cannot be read: \(reason)", remedy: remedy
            )
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while bytes.count <= maximumBytes {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            bytes += buffer.prefix(count)
        }
        guard bytes.count <= maximumBytes, let logo = BrandLogo(bytes: bytes) else {
            throw Fault(
                code: "logo-unusable", problem: "The logo \(path) is neither SVG nor PNG, or too large",
                remedy: remedy)
        }
        return logo
    }
}
