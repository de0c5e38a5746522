package import FoundationEssentials

/// All grants and denials, compiled: who may have which profile.
///
/// The default is deny: an empty policy permits nothing to anybody.
package struct Policy: Sendable {
    /// In the order of the documents.
    package let grants: [Grant]
    package let denials: [Denial]
    /// What attestation must find out for this policy.
    package let requiredFacts: RequiredFacts
    /// The full IDs of the containers that selectors name.
    package let containers: Set<String>
    private let byProfile: [ProfileName: ProfileGrants]
    private let enforcedDenials: PatternIndex
    private let observedDenials: PatternIndex
    /// Of the grants that give something of the instance.
    private let instancePatterns: PatternIndex

    /// The grants of one profile.
    private struct ProfileGrants: Sendable {
        var patterns = PatternIndex()
        /// Grants that do not hold at all times.
        var timed: [Int] = []
        /// Grants that only observe.
        var observing: [Int] = []
    }

    package init(_ documents: [PolicyDocument] = []) {
        self.init(grants: documents.flatMap(\.grants), denials: documents.flatMap(\.denials))
    }

    package init(grants: [Grant], denials: [Denial]) {
        self.grants = grants
        self.denials = denials
        var byProfile: [ProfileName: ProfileGrants] = [:]
        for (index, grant) in grants.enumerated() {
            for profile in Set(grant.profiles) {
                var entry = byProfile.removeValue(forKey: profile) ?? ProfileGrants()
                for pattern in grant.workloads { entry.patterns.add(pattern, owner: index) }
                if !grant.validity.isUnlimited { entry.timed.append(index) }
                if grant.mode == .observe { entry.observing.append(index) }
                byProfile[profile] = entry
            }
        }
        self.byProfile = byProfile
        var instance = PatternIndex()
        for (index, grant) in grants.enumerated() where !grant.metadata.isEmpty || grant.certificates {
            for pattern in grant.workloads { instance.add(pattern, owner: index) }
        }
        instancePatterns = instance
        var enforced = PatternIndex()
        var observed = PatternIndex()
        for (index, denial) in denials.enumerated() {
            for pattern in denial.workloads {
                switch denial.mode {
                case .enforce: enforced.add(pattern, owner: index)
                case .observe: observed.add(pattern, owner: index)
                }
            }
        }
        (enforcedDenials, observedDenials) = (enforced, observed)
        let patterns = grants.flatMap(\.workloads) + denials.flatMap(\.workloads)
        let selectors = Set(patterns.flatMap(\.selectors))
        requiredFacts = selectors.reduce(into: []) { $0.formUnion($1.requiredFacts) }
        containers = Set(selectors.compactMap { if case .container(let id) = $0 { id } else { nil } })
    }

    /// Decides.
    ///
    /// Denials win over grants; of the grants that match and hold the first one permits.
    package func decide(_ workload: Workload, _ profile: ProfileName, at now: Date) -> Decision {
        if let index = enforcedDenials.firstPossible(workload) { return .deny(.denied(by: denials[index].name)) }
        guard let candidates = byProfile[profile] else { return .deny(.nobodyMay) }
        let validity = validity(of: candidates, at: now)
        if let index = candidates.patterns.firstCertain(workload, where: { grants[$0].validity.holds(at: now) }) {
            let observed = observedDenials.firstPossible(workload).map { DenialReason.denied(by: denials[$0].name) }
            return .permit(Permit(grants[index], for: profile, observed: observed, validity: validity))
        }
        var reason = DenialReason.noGrantMatches
        if !candidates.timed.isEmpty, let index = candidates.patterns.firstCertain(workload) {
            reason = .notNow(grant: grants[index].name)
        }
        let observer = candidates.observing.first { grants[$0].validity.holds(at: now) }
        guard let observer else { return .deny(reason) }
        return .permit(Permit(grants[observer], for: profile, observed: reason, validity: validity))
    }

    /// Decides about something of the instance, as about a profile.
    ///
    /// One rule differs: a grant that only observes gives it to the workloads that it names, and to nobody else. What is read
    /// of the instance cannot be taken back.
    package func decide(_ workload: Workload, _ resource: InstanceResource, at now: Date) -> ResourceDecision {
        if let index = enforcedDenials.firstPossible(workload) { return .deny(.denied(by: denials[index].name)) }
        let covering = instancePatterns.firstCertain(
            workload,
            where: { resource.isCovered(by: grants[$0]) && grants[$0].validity.holds(at: now) }
        )
        if let covering {
            let observed = observedDenials.firstPossible(workload).map { DenialReason.denied(by: denials[$0].name) }
            return .permit(grant: grants[covering].name, observed: observed)
        }
        let later = instancePatterns.firstCertain(workload, where: { resource.isCovered(by: grants[$0]) })
        if let later { return .deny(.notNow(grant: grants[later].name)) }
        return .deny(grants.contains(where: resource.isCovered) ? .noGrantMatches : .nobodyMay)
    }

    /// The profiles that `workload` may have, sorted by name.
    package func profiles(for workload: Workload, at now: Date) -> [ProfileName] {
        byProfile.keys
            .filter { profile in
                if case .permit = decide(workload, profile, at: now) { true } else { false }
            }
            .sorted { $0.rawValue < $1.rawValue }
    }

    private func validity(of candidates: ProfileGrants, at now: Date) -> Range<Date> {
        let settled = candidates.timed.map { grants[$0].validity.settled(after: now) }.min() ?? .distantFuture
        return now..<max(now, settled)
    }
}

extension Selector {
    var requiredFacts: RequiredFacts {
        switch self {
        case .user: []
        case .group: .groups
        case .loginUser: .loginUser
        case .executable: .executable
        case .sha256: .sha256
        case .unit, .slice, .container, .pod: .controlGroup
        case .label: .label
        }
    }
}

extension Policy: Equatable {
    /// Everything else follows from grants and denials.
    package static func == (one: Policy, other: Policy) -> Bool {
        one.grants == other.grants && one.denials == other.denials && one.texts == other.texts
    }

    /// What the selectors compare with, byte by byte: strings themselves are equal when they are the same characters, and two
    /// files can be called by the same characters.
    private var texts: [[UInt8]] {
        (grants.flatMap(\.workloads) + denials.flatMap(\.workloads)).flatMap(\.selectors)
            .map { selector in
                switch selector {
                case .executable(let text), .label(let text), .unit(let text), .slice(let text): Array(text.utf8)
                case .user, .group, .loginUser, .sha256, .container, .pod: []
                }
            }
    }
}
