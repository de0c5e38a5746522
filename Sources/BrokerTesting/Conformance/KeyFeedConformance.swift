package import KeyRotation
package import Testing

/// What every feed of keys promises: the fake and the real one pass it.
///
/// - Parameters:
///   - feed: of a node.
///   - publication: where the leader of the plan publishes; nothing was published yet.
///   - plan: the plan.
///   - value: draws the value of a key.
///   - sourceLocation: of the test.
/// - Throws: what keeps the kit from going on.
package func checkConformance(
    of feed: some KeyFeed,
    publication: some KeySink,
    plan: PlanName,
    drawing value: () -> KeyMaterial,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    func current() async throws -> FedKey? { try await feed.current(plan) }
    func perform(_ call: SinkCall) async throws -> SinkPrint {
        guard case .holds(let print) = try await publication.perform(call) else {
            throw ConformanceFailure(description: "the place of publication does not take it")
        }
        return print
    }
    let keys = (1...2)
        .map { PublishedKey(plan: plan, rotation: RotationID($0), id: KeyID("key-\($0)"), material: value()) }
    #expect(try await current() == nil, "nothing is published at first", sourceLocation: sourceLocation)

    let waiting = Task { try await feed.change(of: plan, since: nil) }
    let print = try await perform(.publish(keys[0]))
    try await waiting.value
    let first = try #require(try await current(), sourceLocation: sourceLocation)
    check(first, is: keys[0], sourceLocation)
    // What is published already is told at once.
    try await feed.change(of: plan, since: nil)
    try await feed.change(of: plan, since: first.revision - 1)
    // The same once more is no news.
    #expect(try await perform(.publish(keys[0])) == print, sourceLocation: sourceLocation)
    #expect(try await current()?.revision == first.revision, sourceLocation: sourceLocation)

    let next = Task { try await feed.change(of: plan, since: first.revision) }
    let second = try await perform(.publish(keys[1]))
    try await next.value
    let replaced = try #require(try await current(), sourceLocation: sourceLocation)
    check(replaced, is: keys[1], sourceLocation)
    #expect(replaced.revision > first.revision, "revisions grow", sourceLocation: sourceLocation)

    let back = Task { try await feed.change(of: plan, since: replaced.revision) }
    _ = try await perform(.restore(second))
    try await back.value
    let restored = try #require(try await current(), sourceLocation: sourceLocation)
    check(restored, is: keys[0], sourceLocation)
    #expect(restored.revision > replaced.revision, "also when an old key is back", sourceLocation: sourceLocation)

    let cancelled = Task { try await feed.change(of: plan, since: restored.revision) }
    cancelled.cancel()
    await #expect(throws: Interruption.self, sourceLocation: sourceLocation) { try await cancelled.value }
}

private func check(_ fed: FedKey, is key: PublishedKey, _ place: SourceLocation) {
    #expect(fed.key.plan == key.plan && fed.key.rotation == key.rotation && fed.key.id == key.id, sourceLocation: place)
    let isRight = fed.key.material == key.material
    #expect(isRight, "what was published is fed", sourceLocation: place)
}
