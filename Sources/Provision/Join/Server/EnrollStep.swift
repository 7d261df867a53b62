/// What is to be done after a request was taken, in this order: the state is made durable if it changed, the tunnels are
/// changed if they are not as they shall be, the answer is sent.
package enum EnrollStep: Hashable, Sendable {
    /// Nobody is expected: there is no answer at all.
    case ignore
    /// The request was not opened, and nothing changed.
    case refuse(RefusalReason)
    /// Answer with the first; when the tunnels could not be changed, with the second.
    case answer(ReplySealer, [UInt8], ifUnsettled: [UInt8])
    /// Ask the app over both paths and answer with what came back.
    case prove(ReplySealer)
}
