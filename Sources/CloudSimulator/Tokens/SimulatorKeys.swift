package import FoundationEssentials
package import JOSE

/// The keys a simulator starts with.
///
/// Making them takes some tenths of a second: tests make them once and hand them in.
package struct SimulatorKeys: Sendable {
    /// Signs instance identity tokens; IBM publishes this key nowhere.
    package let identity: SigningKey
    /// Signs IAM tokens, and stands in the key set.
    package let iam: SigningKey
    /// Stands in no key set: what ``TokenFault/wrongKey`` and ``TokenFault/wrongSignature`` sign with.
    package let foreign: SigningKey

    package init(identity: SigningKey, iam: SigningKey, foreign: SigningKey) {
        self.identity = identity
        self.iam = iam
        self.foreign = foreign
    }

    /// Generates three RSA keys, named as IBM names its keys.
    package init(generatingAt now: Date, region: String) throws(CryptoError) {
        identity = try SigningKey(id: "VSI-CR_\(region)_\(UUID().uuidString.lowercased())")
        iam = try SigningKey(id: CivilTime(now).keyID)
        foreign = try SigningKey(id: "199001010000")
    }
}

extension SigningKey {
    fileprivate convenience init(id: String) throws(CryptoError) {
        try self.init(generating: .rs256, id: id)
    }
}
