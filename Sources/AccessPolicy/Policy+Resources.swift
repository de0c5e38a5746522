package import FoundationEssentials

extension Policy {
    /// Decides about what the instance has to give besides tokens, by the same rules as about profiles.
    ///
    /// Of all the grants whose entries cover the resource, the first that matches and holds permits. One rule differs: a grant
    /// that observes gives it to the workloads that it names, and to nobody else. What was read cannot be taken back.
    package func decide(_ workload: Workload, _ resource: InstanceResource, at now: Date) -> ResourceDecision {
        if let denial = enforcedDenial(of: workload) { return .deny(.denied(by: denial)) }
        let candidates = GrantedResource.covering(resource).compactMap { byResource[$0] }
        guard !candidates.isEmpty else { return .deny(.nobodyMay) }
        let matching = candidates.map { index in
            index.patterns.firstCertain(workload) { grants[$0].validity.holds(at: now) }
        }
        if let index = matching.least {
            let observed = observedDenial(of: workload).map { DenialReason.denied(by: $0) }
            return .permit(grant: grants[index].name, observed: observed)
        }
        var reason = DenialReason.noGrantMatches
        if let index = candidates.map({ $0.timed.isEmpty ? nil : $0.patterns.firstCertain(workload) }).least {
            reason = .notNow(grant: grants[index].name)
        }
        return .deny(reason)
    }
}
