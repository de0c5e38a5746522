/// Grants that permit nothing.
extension Lint {
    func emptyGrants() -> [LintWarning] {
        grants.flatMap { subject -> [LintWarning] in
            guard let grant = subject.grant else { return [] }
            if LintGift.all(of: grant).isEmpty {
                return [subject.warning("names no profile, so it gives nothing to anybody")]
            }
            guard grant.mode == .enforce, !grant.isForTheDaemon || !grant.workloads.isEmpty else { return [] }
            guard grant.workloads.contains(where: { !$0.selectors.isEmpty }) else {
                return [subject.warning("names no workload, so it permits nobody")]
            }
            return grant.workloads.enumerated().filter(\.element.selectors.isEmpty)
                .map { subject.warning("workloads[\($0.offset)] has no selectors, so it matches nobody") }
        }
    }

    func endedGrants() -> [LintWarning] {
        grants.compactMap { subject in
            guard let validity = subject.grant?.validity else { return nil }
            if let from = validity.notBefore, let to = validity.notAfter, from >= to {
                return subject.warning("never holds: not_after is not later than not_before")
            }
            guard let end = validity.notAfter, end <= now else { return nil }
            return subject.warning("has ended: not_after is in the past")
        }
    }

    /// Grants that an enforced denial takes everything from.
    func deniedGrants() -> [LintWarning] {
        var denied = LintCoverage<Bool, LintSubject>()
        for subject in denials where subject.denial?.mode == .enforce {
            for pattern in subject.workloads { denied.add(pattern, true, subject) }
        }
        return grants.flatMap { subject in
            let hits = subject.workloads.enumerated()
                .compactMap { index, pattern in denied.owner(covering: pattern, true).map { (index, $0) } }
            guard let first = hits.first else { return [LintWarning]() }
            guard hits.count < subject.workloads.count else {
                return [
                    subject.warning(
                        "never permits: denial '\(first.1.name)' at \(first.1.place) applies to all it names"
                    )
                ]
            }
            return hits.map { index, denial in
                subject.warning(
                    "workloads[\(index)] is never permitted: denial '\(denial.name)' at \(denial.place) applies"
                )
            }
        }
    }

    /// Grants that say what one before them has said; the first that matches is the one that counts.
    func repeatedGrants() -> [LintWarning] {
        var earlier = LintCoverage<LintGift, LintSubject>()
        return grants.flatMap { subject -> [LintWarning] in
            guard let grant = subject.grant else { return [] }
            let gifts = LintGift.all(of: grant)
            var hits: [(index: Int, owner: LintSubject)] = []
            for (index, pattern) in grant.workloads.enumerated() {
                let owners = gifts.compactMap { earlier.owner(covering: pattern, $0) }
                if let owner = owners.first, owners.count == gifts.count { hits.append((index, owner)) }
            }
            if grant.validity.isUnlimited {
                for gift in gifts {
                    for pattern in grant.workloads { earlier.add(pattern, gift, subject) }
                }
            }
            guard let first = hits.first, grant.mode == .enforce else { return [] }
            guard hits.count < grant.workloads.count else {
                return [subject.warning("is never used: \(Self.words(first.owner))")]
            }
            return hits.map { subject.warning("workloads[\($0.index)] is never used: \(Self.words($0.owner))") }
        }
    }

    private static func words(_ earlier: LintSubject) -> String {
        "grant '\(earlier.name)' at \(earlier.place) comes first and permits the same"
    }
}
