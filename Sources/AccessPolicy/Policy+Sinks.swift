package import FoundationEssentials

/// What the daemon does with tokens by itself, which is in no process's name.
extension Policy {
    /// Decides whether tokens of `profile` may be kept in the sink of this name.
    ///
    /// Whoever may read the sink's file gets them, so a grant has to name the sink itself. Selectors and denials are about
    /// processes and do not meet a file. A grant that observes permits the sinks that it names and no others.
    package func decide(sink: String, _ profile: ProfileName, at now: Date) -> Decision {
        decide(by: grants.filter { $0.sinks.contains(sink) && $0.profiles.contains(profile) }, profile, at: now)
    }

    /// Decides whether the rotation plan of this name may be carried out with tokens of `profile`.
    ///
    /// A plan makes keys and deletes some, so a grant has to name it, by the same rules as a sink.
    package func decide(rotation plan: String, _ profile: ProfileName, at now: Date) -> Decision {
        decide(by: grants.filter { $0.rotations.contains(plan) && $0.profiles.contains(profile) }, profile, at: now)
    }

    private func decide(by candidates: [Grant], _ profile: ProfileName, at now: Date) -> Decision {
        guard let first = candidates.first else { return .deny(.nobodyMay) }
        guard let grant = candidates.first(where: { $0.validity.holds(at: now) }) else {
            return .deny(.notNow(grant: first.name))
        }
        let settled = candidates.map { $0.validity.settled(after: now) }.min() ?? .distantFuture
        return .permit(Permit(grant, for: profile, observed: nil, validity: now..<max(now, settled)))
    }
}
