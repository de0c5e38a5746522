package import FoundationEssentials

extension Policy {
    /// Explains a decision.
    ///
    /// It looks at every grant, which ``decide(_:_:at:)`` does not: for people, not for the hot path.
    ///
    /// - Parameters:
    ///   - workload: who asks.
    ///   - profile: for which profile.
    ///   - now: when.
    ///   - limit: of grants and denials that the explanation holds, each.
    /// - Returns: the same decision as ``decide(_:_:at:)`` takes, with what led to it.
    package func explain(
        _ workload: Workload,
        _ profile: ProfileName,
        at now: Date,
        limit: Int = 10
    ) -> Explanation {
        let (denials, grants) = obstacles(workload, .profile(profile), at: now, limit: limit)
        return Explanation(
            workload: workload,
            profile: profile,
            decision: decide(workload, profile, at: now),
            denials: denials,
            grants: grants
        )
    }

    /// The denials that apply to `workload`, and the grants for what is asked, the nearest first.
    package func obstacles(
        _ workload: Workload,
        _ question: PolicyQuestion,
        at now: Date,
        limit: Int
    ) -> (denials: [Explanation.Subject], grants: [Explanation.Subject]) {
        let applying = denials.filter { $0.workloads.contains { $0.possiblyMatches(workload) } }
        let candidates = grants.filter { $0.gives(question) }
            .map { grant in
                Explanation.Subject(
                    name: grant.name,
                    place: grant.place,
                    mode: grant.mode,
                    holdsNow: grant.validity.holds(at: now),
                    patterns: Self.compare(grant.workloads, workload)
                )
            }
        let refusing = applying.prefix(limit)
            .map { denial in
                Explanation.Subject(
                    name: denial.name,
                    place: denial.place,
                    mode: denial.mode,
                    holdsNow: true,
                    patterns: Self.compare(denial.workloads.filter { $0.possiblyMatches(workload) }, workload)
                )
            }
        return (refusing, Array(Self.nearestFirst(candidates).prefix(limit)))
    }

    /// Sorted, and in the order of the documents where two are equally near.
    private static func nearestFirst(_ subjects: [Explanation.Subject]) -> [Explanation.Subject] {
        subjects.enumerated()
            .sorted { ($0.element.distance, $0.offset) < ($1.element.distance, $1.offset) }
            .map(\.element)
    }

    private static func compare(_ patterns: [WorkloadPattern], _ workload: Workload) -> [Explanation.Pattern] {
        patterns
            .map { pattern in
                Explanation.Pattern(selectors: pattern.selectors.map { ($0, $0.compare(with: workload)) })
            }
            .enumerated()
            .sorted { ($0.element.distance, $0.offset) < ($1.element.distance, $1.offset) }
            .map(\.element)
    }
}

extension Grant {
    fileprivate func gives(_ question: PolicyQuestion) -> Bool {
        switch question {
        case .profile(let name): profiles.contains(name)
        case .resource(let resource): !resources.isDisjoint(with: GrantedResource.covering(resource))
        }
    }
}
