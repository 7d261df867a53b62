import Glibc

/// `runegate-fuzz TARGET [libFuzzer flags] [corpus]`: feeds one reader with what libFuzzer makes up.
///
/// Built only with RUNEGATE_FUZZ=1; `tools/test/fuzz.sh` builds and runs it. A target ends the process when a
/// promise is broken; AddressSanitizer does when memory is.
@main
struct Fuzz {
    typealias Target = @Sendable (UnsafeRawBufferPointer) -> Void

    static let targets: [String: Target] = [
        "request-head": fuzzRequestHead,
        "chunked-body": fuzzChunkedBody,
        "target-path": fuzzTargetPath,
        "cookie": fuzzCookie,
        "form": fuzzForm,
        "token": fuzzToken,
        "address": fuzzAddress,
        "redirect": fuzzRedirect,
        "configuration": fuzzConfiguration,
        "netlink": fuzzNetlink,
        "wireguard-userspace": fuzzUserspace,
        "wireguard-sample": fuzzSampleLine,
        "join-code": fuzzJoinCode,
        "enroll-request": fuzzEnrollRequest,
        "enroll-reply": fuzzEnrollReply,
    ]

    static let chosen = CommandLine.arguments.dropFirst().first.flatMap { targets[$0] }

    static func main() {
        guard chosen != nil else {
            let names = targets.keys.sorted().joined(separator: " ")
            print("Give a target: \(names)")
            exit(64)
        }
        // libFuzzer reads the rest as its own command line, with the target in the program's place.
        var count = CommandLine.argc - 1
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv + 1
        exit(runLibFuzzer(&count, &arguments, fuzzOneInput))
    }
}

/// Where libFuzzer begins, under the name that it links against.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
    Fuzz.chosen?(UnsafeRawBufferPointer(start: data, count: size))
    return 0
}

/// Part of libFuzzer's own interface (llvm.org/docs/LibFuzzer.html, "Using libFuzzer as a library").
@_silgen_name("LLVMFuzzerRunDriver")
func runLibFuzzer(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32
