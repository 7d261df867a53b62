import GateModel

@testable import GateConfig

/// Files that the owner writes: every text is read or refused with places inside the file.
func fuzzConfiguration(_ bytes: UnsafeRawBufferPointer) {
    let text = String(decoding: bytes, as: UTF8.self)
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).count
    for error in EnvironmentFile.parse(text).errors {
        precondition((1...lines).contains(error.position.line), "a place outside the file")
    }
    _ = TOMLFile.parse(text, path: "runegate.toml", hidesText: false)
    _ = TOMLLocator.places(in: text)
}
