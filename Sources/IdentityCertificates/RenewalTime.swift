package import FoundationEssentials

/// When a certificate is to be renewed: at two thirds of its life, or up to a twentieth of its life earlier.
///
/// The twentieth keeps a fleet that started together from renewing together.
package struct RenewalTime: Sendable, Hashable {
    package let date: Date

    /// Works out the time.
    ///
    /// - Parameters:
    ///   - obtained: When the certificate came; the start of its validity where that is not known.
    ///   - expires: When its chain ends, see ``CheckedChain/usableUntil``; one that has ended is due at `obtained`.
    ///   - random: 0 or more and less than 1, new for every certificate.
    package init(obtained: Date, expires: Date, random: Double) {
        let life = max(0, expires.timeIntervalSince(obtained))
        let earlier = life / 20 * min(max(random, 0), 1)
        date = obtained.addingTimeInterval(life * 2 / 3 - earlier)
    }
}
