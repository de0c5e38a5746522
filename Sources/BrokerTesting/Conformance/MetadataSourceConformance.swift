internal import JOSE
package import Testing
package import TokenBroker

/// What every metadata source promises while its world is well: the fake and the real ones pass it.
///
/// It reads `query`, which there is, four times, three of them at the same time, and then `absent`, which there is not.
package func checkConformance(
    of source: some MetadataSource,
    identity: InstanceIdentityToken,
    query: MetadataQuery,
    absent: MetadataQuery,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let first = try await source.metadata(query, identity)
    let others = try await withThrowingTaskGroup(of: MetadataAnswer.self) { group in
        for _ in 1...3 { group.addTask { try await source.metadata(query, identity) } }
        return try await group.reduce(into: []) { $0.append($1) }
    }
    for answer in [first] + others {
        guard case .document(let bytes) = answer else {
            Issue.record("what there is has a document", sourceLocation: sourceLocation)
            continue
        }
        let document = try JSONDocument(parsing: bytes, limits: JSONLimits(size: bytes.count, depth: 32))
        #expect(document.root.members != nil, "a document is an object", sourceLocation: sourceLocation)
    }
    let nothing = try await source.metadata(absent, identity)
    #expect(nothing == .notFound, "what there is not is no error", sourceLocation: sourceLocation)
}

/// What every metadata source promises when it cannot answer: an error with this code, for people to read, that tells
/// nothing of the identity token.
package func checkFailure(
    of source: some MetadataSource,
    identity: InstanceIdentityToken,
    query: MetadataQuery,
    code: AcquisitionError.Code,
    sourceLocation: SourceLocation = #_sourceLocation
) async {
    let error = await #expect(throws: AcquisitionError.self, sourceLocation: sourceLocation) {
        _ = try await source.metadata(query, identity)
    }
    guard let error else { return }
    checkMessage(of: error, code: code, secrets: [identity.compact.exposed], sourceLocation: sourceLocation)
}
