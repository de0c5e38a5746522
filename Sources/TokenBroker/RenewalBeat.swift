internal import FoundationEssentials

/// When something is renewed that is good for a while, so that many machines spread their calls, and keep them spread whatever
/// happens to all of them at once (docs/decisions/0025).
///
/// Renewals that go as planned are a beat: each is due an interval after the one before was due, not after it happened. So a failure
/// of the service moves no later renewal, and what was spread before it is spread after it. Where there is no beat to keep, one is
/// drawn from all places at which a machine could be that has run for ever.
struct RenewalBeat: Sendable {
    /// The shortest interval between two renewals, as a part of life.
    let earliest: Double
    /// The longest one.
    let latest: Double

    /// Tokens: reference, IBM API, section 0.4 rule 1.
    static let token = RenewalBeat(earliest: 0.5, latest: 0.7)
    /// The issuer's key set.
    static let keySet = RenewalBeat(earliest: 0.8, latest: 1)

    /// How long after its arrival something is to be renewed.
    ///
    /// - Parameters:
    ///   - life: for how long it is good, in seconds.
    ///   - late: how long before its arrival its own renewal was due, in seconds; `nil` when it was not, so that there is no beat to keep.
    ///   - youth: what is younger is not renewed, in seconds; less than the longest interval.
    ///   - draw: uniform in 0..<1.
    /// - Returns: seconds, from `youth` up to the longest interval.
    func wait(life: TimeInterval, late: TimeInterval?, youth: TimeInterval, draw: Double) -> TimeInterval {
        guard life > 0 else { return 0 }
        if let late, late >= 0 {
            let rest = life * (earliest + draw * (latest - earliest)) - late
            if rest >= youth { return rest }
        }
        return place(life: life, youth: youth, draw: draw)
    }

    /// The time to the next renewal of a machine that was met at any time.
    ///
    /// Of all intervals long ones are met more often, and each part of one as often as any other. So the density of the time is
    /// `(1 - F(t)) / mean`, where `F` is the distribution of intervals, and the draw is the share of that which lies between `youth`
    /// and the result. It makes the renewals of many machines come evenly from the first on.
    private func place(life: TimeInterval, youth: TimeInterval, draw: Double) -> TimeInterval {
        let (shortest, longest) = (life * earliest, life * latest)
        let mean = (shortest + longest) / 2
        let young = youth <= shortest ? youth : mean - tail(from: youth, shortest, longest)
        let met = young + (mean - young) * draw
        return met <= shortest ? met : longest - (2 * (longest - shortest) * (mean - met)).squareRoot()
    }

    /// What of the mean lies beyond `time`, which is between the shortest and the longest interval: the integral of `1 - F`.
    private func tail(from time: Double, _ shortest: Double, _ longest: Double) -> Double {
        let left = max(0, longest - time)
        return left * left / (2 * (longest - shortest))
    }

    /// How old something is to get that has reached an age already, and whose draw is lost.
    ///
    /// - Parameters:
    ///   - life: for how long it is good, in seconds.
    ///   - age: how old it is, in seconds.
    ///   - draw: uniform in 0..<1.
    /// - Returns: seconds; `age` when renewal is due.
    func age(life: TimeInterval, reached age: TimeInterval, draw: Double) -> TimeInterval {
        let (from, to) = (max(age, life * earliest), life * latest)
        return from < to ? from + draw * (to - from) : age
    }
}
