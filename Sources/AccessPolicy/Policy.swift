package import FoundationEssentials

/// All grants and denials, compiled: who may have which profile, and what else of the instance.
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
    private let byProfile: [ProfileName: GrantIndex]
    let byResource: [GrantedResource: GrantIndex]
    private let enforcedDenials: PatternIndex
    private let observedDenials: PatternIndex

    package init(_ documents: [PolicyDocument] = []) {
        self.init(grants: documents.flatMap(\.grants), denials: documents.flatMap(\.denials))
    }

    package init(grants: [Grant], denials: [Denial]) {
        self.grants = grants
        self.denials = denials
        byProfile = Self.index(grants) { Set($0.profiles) }
        byResource = Self.index(grants, by: \.resources)
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

    /// The name of the first enforced denial that applies to `workload`.
    func enforcedDenial(of workload: Workload) -> String? {
        enforcedDenials.firstPossible(workload).map { denials[$0].name }
    }

    /// The name of the first denial that would apply to `workload` if it was enforced.
    func observedDenial(of workload: Workload) -> String? {
        observedDenials.firstPossible(workload).map { denials[$0].name }
    }

    /// The profiles that `workload` may have, sorted by name.
    package func profiles(for workload: Workload, at now: Date) -> [ProfileName] {
        byProfile.keys
            .filter { profile in
                if case .permit = decide(workload, profile, at: now) { true } else { false }
            }
            .sorted { $0.rawValue < $1.rawValue }
    }

    /// Files each grant under all that it gives.
    private static func index<Given: Hashable>(
        _ grants: [Grant],
        by given: (Grant) -> Set<Given>
    ) -> [Given: GrantIndex] {
        var indexes: [Given: GrantIndex] = [:]
        for (number, grant) in grants.enumerated() {
            for given in given(grant) { indexes[given, default: GrantIndex()].add(grant, at: number) }
        }
        return indexes
    }

    private func validity(of candidates: GrantIndex, at now: Date) -> Range<Date> {
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
