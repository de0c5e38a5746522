package import AccessPolicy
internal import Synchronization

/// What was handed out and refused since the daemon started, for operators to look at.
///
/// It only counts: nothing is decided by it. What others can make it hold is bounded.
package final class Activity: Sendable {
    /// Tokens that one workload got of one profile.
    package struct Share: Sendable {
        package let workload: WorkloadName
        package let profile: ProfileName
        package let released: UInt64
    }

    /// Refusals of one kind.
    package struct Denials: Sendable {
        /// `nil`: of what is no profile here, or of no profile at all.
        package let profile: ProfileName?
        /// `code` of the refusal, such as `no_grant_matches`.
        package let reason: String
        package let count: UInt64
    }

    private struct ShareKey: Hashable {
        let workload: WorkloadName
        let profile: ProfileName
    }

    private struct DenialKey: Hashable {
        let profile: ProfileName?
        let reason: String
    }

    private struct Protected {
        var shares: [ShareKey: EventCount] = [:]
        var denials: [DenialKey: UInt64] = [:]
    }

    private typealias Outcomes = [HandoutOutcome: EventCount]

    private let outcomes: [ProfileName: Outcomes]
    /// Of what callers asked for and is no profile here.
    private let elsewhere = Activity.noOutcomes()
    /// Of workloads for which there was no room.
    private let others = EventCount()
    private let protected = Mutex(Protected())

    /// More workloads than that are counted as one.
    package static let mostShares = 256

    /// - Parameter profiles: all that are configured.
    package init(profiles: [ProfileName]) {
        outcomes = Dictionary(profiles.map { ($0, Self.noOutcomes()) }) { first, _ in first }
    }

    private static func noOutcomes() -> Outcomes {
        Dictionary(uniqueKeysWithValues: HandoutOutcome.allCases.map { ($0, EventCount()) })
    }

    // MARK: Counting

    /// What counts the tokens that a workload gets of a profile; to be kept by whoever hands out many.
    func releases(of profile: ProfileName, to workload: Workload) -> ReleaseCount {
        let key = ShareKey(workload: WorkloadName(workload), profile: profile)
        let share = protected.withLock { protected in
            if let share = protected.shares[key] { return share }
            guard protected.shares.count < Self.mostShares else { return others }
            let share = EventCount()
            protected.shares[key] = share
            return share
        }
        return ReleaseCount(profile: count(profile, .released), share: share)
    }

    func ended(_ outcome: HandoutOutcome, _ profile: ProfileName) { count(profile, outcome).add() }

    func refused(_ reason: String, _ profile: ProfileName?) {
        let known = profile.flatMap { outcomes[$0] == nil ? nil : $0 }
        protected.withLock { $0.denials[DenialKey(profile: known, reason: reason), default: 0] &+= 1 }
    }

    private func count(_ profile: ProfileName, _ outcome: HandoutOutcome) -> EventCount {
        // Every outcome has a count, in each of them.
        (outcomes[profile] ?? elsewhere)[outcome] ?? others
    }

    // MARK: Looking

    /// How often requests for the profile's token ended so; `nil` for the profile: for what is none here.
    package func count(of outcome: HandoutOutcome, _ profile: ProfileName?) -> UInt64 {
        (profile.map { outcomes[$0] ?? [:] } ?? elsewhere)[outcome]?.value ?? 0
    }

    /// All profiles, sorted by name.
    package var profiles: [ProfileName] { outcomes.keys.sorted { $0.rawValue < $1.rawValue } }

    /// What all requests together came to: released, or anything else.
    var totals: ActivityHistory.Totals {
        var totals = ActivityHistory.Totals()
        for outcomes in Array(outcomes.values) + [elsewhere] {
            for (outcome, count) in outcomes {
                if outcome == .released { totals.released &+= count.value } else { totals.refused &+= count.value }
            }
        }
        return totals
    }

    /// Refusals by reason, in no order: reasons are few, and so are profiles.
    package var denials: [Denials] {
        protected.withLock(\.denials).map { Denials(profile: $0.profile, reason: $0.reason, count: $1) }
    }

    /// Who got how many tokens, in no order: ``mostShares`` at most.
    package var shares: [Share] {
        protected.withLock(\.shares)
            .map { Share(workload: $0.workload, profile: $0.profile, released: $1.value) }
    }

    /// Tokens that went to workloads beyond ``mostShares``.
    package var releasedToOthers: UInt64 { others.value }
}
