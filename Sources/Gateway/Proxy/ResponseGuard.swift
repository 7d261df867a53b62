// Decides from the head of the app's answer how its body ends, and refuses what could be read in two ways
// (RFC 9112 §6.3): a visitor's next answer must not begin inside this one.

enum ResponseGuard {
    /// Why an answer is refused; the visitor gets 502.
    enum Refusal: Error, Equatable {
        case ambiguousFraming
        case unaskedUpgrade
    }

    /// How the body of an answer ends.
    ///
    /// - Parameters:
    ///   - head: The answer's head.
    ///   - isAnswerToHead: The request's method is HEAD: a told length is of a body that does not come.
    ///   - mayUpgrade: The request asked for another protocol.
    /// - Returns: The framing, or why the answer is refused.
    static func framing(
        _ head: ResponseHead, isAnswerToHead: Bool, mayUpgrade: Bool
    ) -> Result<BodyFraming, Refusal> {
        guard head.status != 101 || mayUpgrade else { return .failure(.unaskedUpgrade) }
        var length: Field?
        var coding: Field?
        for field in head.block.fields {
            if field.name == .contentLength {
                guard length == nil else { return .failure(.ambiguousFraming) }
                length = field
            } else if field.name == .transferEncoding {
                guard coding == nil else { return .failure(.ambiguousFraming) }
                coding = field
            }
        }
        let count = length.flatMap { field in
            head.block.withBytes { ContentLength.read($0[field.valueRange]) }
        }
        guard length == nil || (count != nil && coding == nil) else { return .failure(.ambiguousFraming) }
        if let coding {
            let isChunked = head.block.withBytes { TransferCoding($0[coding.valueRange]) } == .chunked
            guard isChunked, head.minorVersion == 1 else { return .failure(.ambiguousFraming) }
        }
        if isAnswerToHead || head.status < 200 || head.status == 204 || head.status == 304 {
            return .success(.none)
        }
        if coding != nil { return .success(.chunked) }
        guard let count else { return .success(.untilClose) }
        return .success(count == 0 ? .none : .length(count))
    }

    /// Whether the app's connection can take another request after this answer.
    static func isReusable(_ head: ResponseHead, framing: BodyFraming) -> Bool {
        guard framing != .untilClose, head.status != 101 else { return false }
        var close = false
        var keepAlive = false
        head.block.forEachMember(of: .connection) { member in
            if member.equalsIgnoringCase("close") { close = true }
            if member.equalsIgnoringCase("keep-alive") { keepAlive = true }
        }
        return head.minorVersion == 1 ? !close : keepAlive && !close
    }
}
