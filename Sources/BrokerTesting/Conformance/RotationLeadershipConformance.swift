internal import FoundationEssentials
package import KeyRotation
package import Testing

/// A node of a fleet, for the kit of leadership.
package struct LeadingNode: Sendable {
    package let name: NodeName
    package let leadership: any RotationLeadership
    /// Keeps the node from doing anything for longer than its session lasts without it; its own journal and sink can still be called.
    package let pause: @Sendable () async throws -> Void
    /// Lets it go on.
    package let resume: @Sendable () async throws -> Void

    package init(
        name: NodeName,
        leadership: any RotationLeadership,
        pause: @escaping @Sendable () async throws -> Void,
        resume: @escaping @Sendable () async throws -> Void
    ) {
        (self.name, self.leadership, self.pause, self.resume) = (name, leadership, pause, resume)
    }
}

/// What every election among nodes promises: the fake and the real one pass it.
///
/// - Parameters:
///   - one: a node of the fleet.
///   - other: another one; nobody else takes part.
///   - plan: nobody leads it, and its journal is empty.
///   - value: draws the value of a key.
///   - sourceLocation: of the test.
/// - Throws: what keeps the kit from going on.
package func checkConformance(
    of one: LeadingNode,
    and other: LeadingNode,
    plan: PlanName,
    drawing value: () -> KeyMaterial,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let check = LeadershipCheck(plan: plan, place: sourceLocation)
    #expect(try await one.leadership.leader(of: plan) == nil, "nobody leads at first", sourceLocation: sourceLocation)
    let first = try await check.begin(one, after: 0)
    try await check.write(first, 1)
    let key = PublishedKey(plan: plan, rotation: RotationID(1), id: KeyID("key-1"), material: value())
    try await check.publish(key, first)

    // Who waits gets its term when the other's ends, and not before.
    let waiting = Task { try await other.leadership.lead(plan) }
    try await check.write(first, 2)
    await first.resign()
    let second = try await waiting.value
    await check.isOver(first)
    try await check.isDeposed(first, 3, key)
    try await check.isTerm(second, of: other, after: first.number)
    try await check.write(second, 3)
    // A plan has its own leader.
    let elsewhere = try #require(PlanName(rawValue: "\(plan)-2"), sourceLocation: sourceLocation)
    #expect(try await one.leadership.lead(elsewhere).number > 0, sourceLocation: sourceLocation)
    #expect(try await other.leadership.leader(of: elsewhere) == one.name, sourceLocation: sourceLocation)
    #expect(try await one.leadership.leader(of: plan) == other.name, sourceLocation: sourceLocation)

    // A leader that does nothing for too long is one no more, and what it does late changes nothing.
    try await other.pause()
    let third = try await check.begin(one, after: second.number)
    #expect(!second.isSure(.zero), "a term that ended is not sure", sourceLocation: sourceLocation)
    try await check.isDeposed(second, 4, key)
    try await check.write(third, 4)
    try await other.resume()
    await check.isOver(second)
    try await check.isDeposed(second, 5, key)
    #expect(try await other.leadership.leader(of: plan) == one.name, sourceLocation: sourceLocation)

    let cancelled = Task { try await other.leadership.lead(plan) }
    cancelled.cancel()
    await #expect(throws: Interruption.self, sourceLocation: sourceLocation) { try await cancelled.value }
    try await check.write(third, 5)
    await third.resign()
    await check.isOver(third)
    #expect(try await other.leadership.leader(of: plan) == nil, "nobody leads at last", sourceLocation: sourceLocation)
}

/// The parts of the kit.
private struct LeadershipCheck {
    let plan: PlanName
    let place: SourceLocation

    func begin(_ node: LeadingNode, after number: Int64) async throws -> RotationTerm {
        let term = try await node.leadership.lead(plan)
        try await isTerm(term, of: node, after: number)
        return term
    }

    func isTerm(_ term: RotationTerm, of node: LeadingNode, after number: Int64) async throws {
        #expect(term.number > number, "a later term has a greater number", sourceLocation: place)
        #expect(term.isSure(.zero), "a term is sure when it begins", sourceLocation: place)
        #expect(!term.isSure(.seconds(86_400)), "no term is sure for ever", sourceLocation: place)
        #expect(try await node.leadership.leader(of: plan) == node.name, "who leads is known", sourceLocation: place)
    }

    func write(_ term: RotationTerm, _ sequence: Int) async throws {
        try await term.journal.append(entry(sequence))
        let record = try await term.journal.latest().first { $0.plan == plan }
        #expect(record?.sequence == sequence, "a term writes the journal", sourceLocation: place)
    }

    func publish(_ key: PublishedKey, _ term: RotationTerm) async throws {
        guard case .holds = try await term.publication?.perform(.publish(key)) else {
            throw ConformanceFailure(description: "a term does not publish")
        }
    }

    /// Nothing that it writes is taken.
    func isDeposed(_ term: RotationTerm, _ sequence: Int, _ key: PublishedKey) async throws {
        try await checkFailure(
            of: term.journal,
            appending: try entry(sequence),
            code: .deposed,
            sourceLocation: place
        )
        let other = PublishedKey(plan: plan, rotation: RotationID(2), id: key.id, material: key.material)
        guard case .fault(let fault) = try await term.publication?.perform(.publish(other)) else {
            throw ConformanceFailure(description: "a term that ended publishes")
        }
        #expect(!fault.isLasting, "another term may publish", sourceLocation: place)
        checkWording(fault.message, place)
    }

    func isOver(_ term: RotationTerm) async {
        await term.ended()
        #expect(!term.isSure(.zero), "a term that ended is not sure", sourceLocation: place)
    }

    private func entry(_ sequence: Int) throws -> JournalEntry {
        JournalEntry(
            plan: plan,
            sequence: sequence,
            state: Array("{}".utf8),
            sealed: .keep,
            event: JournalEvent(plan: plan, rotation: nil, at: ManualTime.start, kind: "created", detail: "")
        )
    }
}
