internal import FoundationEssentials
internal import JOSE
package import KeyRotation
package import Testing

/// A key that a conformance kit left behind, with its value.
package struct LiveKey: Sendable {
    package let id: KeyID
    package let material: KeyMaterial
}

/// What every issuer of keys promises while its world is well: the fake and the real ones pass it.
///
/// It makes two or three keys and deletes all but the last; keys that were there before stay.
///
/// - Parameters:
///   - issuer: has not made a key for `plan` yet.
///   - traits: what the service can do.
///   - plan: whose name the keys carry.
///   - pause: lets the time of the issuer's world pass, a second or more; what takes effect with a delay is asked for
///     again after it.
///   - tries: how often such a thing is asked for at most.
///   - value: draws a value of our own; it is called where the service takes one.
///   - sourceLocation: of the test.
/// - Returns: the key that is left, which works.
/// - Throws: what keeps the kit from going on, such as a key that is not made.
@discardableResult
package func checkConformance(
    of issuer: some KeyIssuer,
    traits: KeyTraits,
    plan: PlanName,
    pause: @escaping () async throws -> Void,
    tries: Int = 200,
    drawing value: @escaping () -> KeyMaterial,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws -> LiveKey {
    let check = IssuerCheck(issuer, traits, plan, pause: pause, tries: tries, drawing: value, sourceLocation)
    return try await check.run()
}

/// What every issuer of keys promises when it cannot answer: a fault with this code, for people to read, that tells
/// nothing of a secret.
package func checkFault(
    of issuer: some KeyIssuer,
    in call: IssuerCall,
    code: IssuerFault.Code,
    secrets: [String],
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    guard case .fault(let fault) = try await issuer.perform(call) else {
        Issue.record("there is a fault", sourceLocation: sourceLocation)
        return
    }
    #expect(fault.code == code, sourceLocation: sourceLocation)
    #expect(!fault.message.isEmpty, sourceLocation: sourceLocation)
    #expect(!fault.message.hasSuffix("."), sourceLocation: sourceLocation)
    #expect(!fault.message.contains { $0.isNewline }, sourceLocation: sourceLocation)
    for secret in secrets {
        let isHidden = !fault.message.contains(secret)
        #expect(isHidden, "no part of a secret is in the message", sourceLocation: sourceLocation)
    }
}
