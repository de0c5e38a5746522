package import FoundationEssentials

extension Policy {
    /// Decides whether tokens of `profile` may be kept in the sink of this name.
    ///
    /// Whoever may read the sink's file gets them, so a grant has to name the sink itself. Selectors and denials are about
    /// processes and do not meet a file. A grant that observes permits the sinks that it names and no others.
    package func decide(sink: String, _ profile: ProfileName, at now: Date) -> Decision {
        let candidates = grants.filter { $0.sinks.contains(sink) && $0.profiles.contains(profile) }
        guard let first = candidates.first else { return .deny(.nobodyMay) }
        guard let grant = candidates.first(where: { $0.validity.holds(at: now) }) else {
            return .deny(.notNow(grant: first.name))
        }
        let settled = candidates.map { $0.validity.settled(after: now) }.min() ?? .distantFuture
        return .permit(Permit(grant, for: profile, observed: nil, validity: now..<max(now, settled)))
    }
}
