package import FoundationEssentials
internal import JOSE
package import Testing
package import TokenBroker

/// What every identity token source promises while its world is well: the fake and the real ones pass it.
///
/// It asks for four tokens, three of them at the same time. `now` is the wall clock of the source's world.
package func checkConformance(
    of source: some IdentityTokenSource,
    now: Date,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let first = try await source.identityToken()
    let others = try await withThrowingTaskGroup(of: InstanceIdentityToken.self) { group in
        for _ in 1...3 { group.addTask { try await source.identityToken() } }
        return try await group.reduce(into: []) { $0.append($1) }
    }
    for token in [first] + others {
        #expect(token.expiresAt > now, "an identity token is not expired", sourceLocation: sourceLocation)
        #expect(
            isSendable(token.compact.exposed),
            "an identity token can stand in a header",
            sourceLocation: sourceLocation
        )
    }
}

/// What every identity token source promises when it cannot answer: an error with this code, for people to read.
package func checkFailure(
    of source: some IdentityTokenSource,
    code: AcquisitionError.Code,
    sourceLocation: SourceLocation = #_sourceLocation
) async {
    let error = await #expect(throws: AcquisitionError.self, sourceLocation: sourceLocation) {
        _ = try await source.identityToken()
    }
    if let error { checkMessage(of: error, code: code, secrets: [], sourceLocation: sourceLocation) }
}
