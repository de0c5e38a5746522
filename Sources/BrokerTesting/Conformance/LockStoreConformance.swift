internal import AccessPolicy
internal import FoundationEssentials
package import Testing
package import TokenBroker

/// What every lock store promises while its world is well: the fake and the real ones pass it.
///
/// The store is empty at first. `reopened` gives the same store as the next start of the daemon sees it.
package func checkConformance(
    of store: some LockStore,
    reopened: () -> any LockStore,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    #expect(try store.load().isEmpty, "nothing is locked before anything was stored", sourceLocation: sourceLocation)
    let first = ProfileLock(since: Date(timeIntervalSince1970: 1_788_256_800), by: 0)
    let second = ProfileLock(since: Date(timeIntervalSince1970: 1_788_256_801.9), by: .max)
    let reports = try #require(ProfileName("reports"), sourceLocation: sourceLocation)
    let archive = try #require(ProfileName("Archive.2-b_c"), sourceLocation: sourceLocation)
    let sets = [
        LockSet(all: first), LockSet(profiles: [reports: second]),
        LockSet(all: second, profiles: [reports: first, archive: second]), LockSet(),
        LockSet(profiles: [archive: first]),
    ]
    for locks in sets {
        try await store.save(locks)
        #expect(try store.load() == locks, "what was saved is there", sourceLocation: sourceLocation)
        #expect(try reopened().load() == locks, "what was saved survives", sourceLocation: sourceLocation)
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
        for locks in sets { group.addTask { try await store.save(locks) } }
        try await group.waitForAll()
    }
    let left = try reopened().load()
    #expect(sets.contains(left), "of saves that overlap one counts, whole", sourceLocation: sourceLocation)
}

/// What every lock store promises when it cannot save: an error for people to read, and the content as before.
package func checkFailure(of store: some LockStore, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let before = try store.load()
    let locks = LockSet(all: ProfileLock(since: Date(timeIntervalSince1970: 1), by: 7))
    let error = await #expect(throws: LockStoreError.self, sourceLocation: sourceLocation) {
        try await store.save(locks)
    }
    guard let error else { return }
    #expect(error.message.first?.isUppercase == false, sourceLocation: sourceLocation)
    #expect(!error.message.hasSuffix("."), sourceLocation: sourceLocation)
    #expect(!error.message.contains { $0.isNewline }, sourceLocation: sourceLocation)
    if !error.isContentUncertain {
        #expect(try store.load() == before, "nothing was stored", sourceLocation: sourceLocation)
    }
}
