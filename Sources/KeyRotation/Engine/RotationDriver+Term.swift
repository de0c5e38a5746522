extension RotationDriver.Surroundings {
    /// The longest that a call to a service takes, with all its attempts.
    package static let longestCall: Duration = .seconds(30)

    /// What of a fleet's places the leader's publication is called, beside the names of sinks.
    package static let publicationName = "fleet"

    /// The same world, as the node has it that carries out the plan.
    ///
    /// - Parameters:
    ///   - term: its journal is the one that is written, and what it publishes goes to the nodes of the fleet.
    ///   - longestCall: for how long the term must surely last when a call begins.
    /// - Returns: the world.
    package func under(
        _ term: RotationTerm,
        longestCall: Duration = Self.longestCall
    ) -> RotationDriver.Surroundings {
        var sinks = sinks
        if let publication = term.publication { sinks[Self.publicationName] = publication }
        return RotationDriver.Surroundings(
            issuer: issuer,
            sinks: sinks,
            journal: term.journal,
            sealer: sealer,
            board: board,
            isSure: { term.isSure(longestCall) },
            now: now,
            draw: draw,
            newRotation: newRotation,
            newValue: newValue
        )
    }
}
