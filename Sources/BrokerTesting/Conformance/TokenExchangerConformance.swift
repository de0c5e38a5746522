internal import JOSE
package import Testing
package import TokenBroker

/// What every token exchanger promises while its world is well: the fake and the real ones pass it.
///
/// It makes four exchanges, three of them at the same time, for a `profile` that `identity` may have.
package func checkConformance(
    of exchanger: some TokenExchanger,
    identity: InstanceIdentityToken,
    profile: TrustedProfile,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let first = try await exchanger.exchange(identity, for: profile)
    let others = try await withThrowingTaskGroup(of: Bool.self) { group in
        for _ in 1...3 {
            group.addTask { isSendable(try await exchanger.exchange(identity, for: profile).compact.exposed) }
        }
        return try await group.reduce(into: []) { $0.append($1) }
    }
    for isSendable in [isSendable(first.compact.exposed)] + others {
        #expect(isSendable, "an IAM token can stand in a header", sourceLocation: sourceLocation)
    }
}

/// What every token exchanger promises when it cannot answer: an error with this code, for people to read, that tells
/// nothing of the identity token.
package func checkFailure(
    of exchanger: some TokenExchanger,
    identity: InstanceIdentityToken,
    profile: TrustedProfile,
    code: AcquisitionError.Code,
    sourceLocation: SourceLocation = #_sourceLocation
) async {
    let error = await #expect(throws: AcquisitionError.self, sourceLocation: sourceLocation) {
        _ = try await exchanger.exchange(identity, for: profile)
    }
    guard let error else { return }
    checkMessage(of: error, code: code, secrets: [identity.compact.exposed], sourceLocation: sourceLocation)
}
