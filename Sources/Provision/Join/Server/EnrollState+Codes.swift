package import GateModel

// The life of a join code: offered, then used, expired, spoiled or replaced.

extension EnrollState {
    /// Offers a new code; the one before is void.
    ///
    /// - Parameters:
    ///   - secret: The new code's.
    ///   - replaces: Whether it may put another box in the place of one that joined.
    ///   - now: When it is made.
    ///   - bootID: Of this boot.
    /// - Returns: False, and nothing is changed, when a box has joined that the code may not replace.
    package mutating func offerCode(
        secret: Secret, replaces: Bool, at now: Moment, bootID: String
    ) -> Bool {
        guard tunnels.joined == nil || replaces else { return false }
        voidOffer(.replaced)
        offer = Offer(
            pair: PairKey(codeSecret: secret, server: enrolmentKey.publicKey),
            deadline: Deadline(after: JoinCode.life, from: now, bootID: bootID), replaces: replaces)
        return true
    }

    /// Ends what has had its time.
    package mutating func expire(at now: Moment, bootID: String) {
        if let offer, offer.deadline.hasPassed(at: now, bootID: bootID) { voidOffer(.expired) }
        if let acceptance, acceptance.deadline.hasPassed(at: now, bootID: bootID) { self.acceptance = nil }
        if let rotation, rotation.deadline.hasPassed(at: now, bootID: bootID) { undo(rotation) }
    }

    mutating func voidOffer(_ reason: RefusalReason) {
        guard let offer else { return }
        retired.append(RetiredCode(name: offer.pair.name, reason: reason))
        retired.removeFirst(max(0, retired.count - Self.maximumRetired))
        self.offer = nil
    }

    /// Counts a request that opened and was wrong.
    mutating func countFailure() {
        guard var offer else { return }
        offer.failures += 1
        self.offer = offer
        if offer.failures >= Self.maximumFailures { voidOffer(.spoiled) }
    }
}
