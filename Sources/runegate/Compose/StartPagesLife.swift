import Glibc
import ServiceLifecycle

/// Gives back, once, what only the start needed: the code that a process runs once in its life.
///
/// Arguments, configuration, migrations and certificates are read at the start. The kernel would keep that code mapped, in
/// windows of 64 KiB, until memory is short. Nothing is lost with it: code is never written, and what runs again
/// comes back from the page cache at its next call.
struct StartPagesLife: Service {
    /// By then the first probes were made, and whoever waited has been let in.
    private static let delay = Duration.seconds(1)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            guard (try? await Task.sleep(for: Self.delay)) != nil else { return }
            Self.letGo()
        }
        try await gracefulShutdown()
    }

    /// Lets go of every page that is code of a file (proc(5), `maps`; madvise(2), `MADV_DONTNEED`).
    private static func letGo() {
        guard let maps = fopen("/proc/self/maps", "re") else { return }
        defer { fclose(maps) }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        while getline(&line, &capacity, maps) > 0, let text = line {
            guard let range = code(in: String(cString: text)) else { continue }
            madvise(UnsafeMutableRawPointer(bitPattern: range.lowerBound), range.count, MADV_DONTNEED)
        }
    }

    /// The addresses of a line's mapping if it holds code of a file, which nobody may write:
    /// `7f41e000-7f5a3000 r-xp 00026000 fe:00 1234    /usr/lib/x86_64-linux-gnu/libc.so.6`.
    private static func code(in line: String) -> Range<UInt>? {
        let fields = line.split(whereSeparator: \.isWhitespace)
        guard fields.count >= 6, fields[1] == "r-xp", fields[5].hasPrefix("/") else { return nil }
        let bounds = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
        guard bounds.count == 2, bounds[0] < bounds[1] else { return nil }
        return bounds[0]..<bounds[1]
    }
}
