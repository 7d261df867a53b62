import Testing

@testable import Mail

struct MailDateTests {
    // Checked with `date -u -R -d @…`.
    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 +0000"), (1_790_000_000, "Mon, 21 Sep 2026 14:13:20 +0000"),
        (951_782_399, "Mon, 28 Feb 2000 23:59:59 +0000"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 +0000"),
        (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 +0000"), (-1, "Wed, 31 Dec 1969 23:59:59 +0000"),
    ])
    func `dates in UTC`(seconds: Int64, expected: String) {
        #expect(MailDate.text(unixSeconds: seconds) == expected)
    }
}
