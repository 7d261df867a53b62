import Glibc
import Testing

@testable import Systemd

// The environment belongs to the whole process, so each of these runs in one of its own.

@Test func `standard error is the journal's when it is the stream that is named`() async {
    await #expect(processExitsWith: .success) {
        var status = stat()
        guard fstat(STDERR_FILENO, &status) == 0 else { exit(2) }
        setenv("JOURNAL_STREAM", "\(status.st_dev):\(status.st_ino)", 1)
        exit(Journal.hasStandardError ? EXIT_SUCCESS : 3)
    }
}

@Test(arguments: ["", "7:1", "elsewhere"])
func `a stream that was redirected is not`(stream: String) async {
    await #expect(processExitsWith: .success) { [stream] in
        if stream.isEmpty { unsetenv("JOURNAL_STREAM") } else { setenv("JOURNAL_STREAM", stream, 1) }
        exit(Journal.hasStandardError ? 2 : EXIT_SUCCESS)
    }
}
