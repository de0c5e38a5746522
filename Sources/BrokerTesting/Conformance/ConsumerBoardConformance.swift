internal import FoundationEssentials
package import KeyRotation
package import Testing

/// What every board of consumers promises: the fake and the real one pass it.
///
/// - Parameters:
///   - one: the board as a node sees it.
///   - other: as another node sees it.
///   - names: of the two; their sessions last.
///   - plan: nobody consumes its key yet.
///   - vanish: ends the session of the other node.
///   - sourceLocation: of the test.
/// - Throws: what keeps the kit from going on.
package func checkConformance(
    of one: some ConsumerBoard,
    and other: some ConsumerBoard,
    names: (one: NodeName, other: NodeName),
    plan: PlanName,
    vanish: () async throws -> Void,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    func consumers() async throws -> [KeyConsumer] { try await one.consumers(of: plan) }
    // Far in the future, because a session says when the node was last seen, too.
    let start = Date(timeIntervalSince1970: 7_258_118_400)
    let rotations = [RotationID(1), RotationID(2)]
    #expect(try await consumers().isEmpty, "nobody consumes at first", sourceLocation: sourceLocation)
    try await one.acknowledge(rotations[0], of: plan, now: start)
    #expect(
        try await consumers() == [consumer(names.one, rotations[0], since: start, lastSeen: start)],
        sourceLocation: sourceLocation
    )
    // Once more: since when stays, and it was seen now.
    try await one.acknowledge(rotations[0], of: plan, now: start + 60)
    try await other.acknowledge(rotations[0], of: plan, now: start + 61)
    let both = [
        consumer(names.one, rotations[0], since: start, lastSeen: start + 60),
        consumer(names.other, rotations[0], since: start + 61, lastSeen: start + 61),
    ]
    .sorted { $0.node < $1.node }
    #expect(try await consumers() == both, sourceLocation: sourceLocation)
    #expect(try await other.consumers(of: plan) == both, "all see the same", sourceLocation: sourceLocation)

    try await one.acknowledge(rotations[1], of: plan, now: start + 120)
    let moved = try await consumers().first { $0.node == names.one }
    #expect(
        moved == consumer(names.one, rotations[1], since: start + 120, lastSeen: start + 120),
        sourceLocation: sourceLocation
    )
    let elsewhere = try #require(PlanName(rawValue: "\(plan)-2"), sourceLocation: sourceLocation)
    #expect(try await one.consumers(of: elsewhere).isEmpty, "plans are apart", sourceLocation: sourceLocation)

    try await vanish()
    let gone = try await consumers().first { $0.node == names.other }
    #expect(
        gone == consumer(names.other, rotations[0], since: start + 61, lastSeen: start + 61, isLive: false),
        "who vanished stays on the board",
        sourceLocation: sourceLocation
    )
    for _ in 1...2 {
        try await one.withdraw(from: plan)
        #expect(try await consumers().map(\.node) == [names.other], sourceLocation: sourceLocation)
    }
}

private func consumer(
    _ node: NodeName,
    _ rotation: RotationID,
    since: Date,
    lastSeen: Date,
    isLive: Bool = true
) -> KeyConsumer {
    KeyConsumer(node: node, inUse: rotation, since: since, lastSeen: lastSeen, isLive: isLive)
}
