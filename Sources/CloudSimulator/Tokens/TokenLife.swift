internal import FoundationEssentials

/// When a token starts and ends.
struct TokenLife {
    let issued: Date
    /// Whole seconds.
    let lifetime: Int

    /// Starts at `now`, or so early that an expired token ended an hour before it.
    init(now: Date, lifetime: Int, isExpired: Bool) {
        issued = isExpired ? now.addingTimeInterval(-Double(lifetime) - 3_600) : now
        self.lifetime = lifetime
    }

    var expires: Date { issued.addingTimeInterval(Double(lifetime)) }
    var issuedAt: Int { Int(clamping: Int64(issued.timeIntervalSince1970.rounded(.down))) }
    var expiresAt: Int { issuedAt + lifetime }
}
