package import FoundationEssentials
internal import JOSE

/// A resource key of the simulated Object Storage: a service credential, with an API key and perhaps an HMAC pair.
package struct SimulatedResourceKey: Sendable, Equatable {
    /// The UUID at the end of its CRN.
    package let guid: String
    package internal(set) var name: String
    /// The role that the credential gives, as a CRN.
    package let roleCRN: String
    /// The service ID whose API key it has.
    package let serviceID: String
    /// The API key, which IAM knows too.
    package let apiKeyID: String
    let apiKey: Redacted<String>
    /// The HMAC pair, which Object Storage knows too.
    package let hmacPair: HMACPair?
    /// Whether the credentials are shown by the answer that makes them and never again.
    package let isOneTime: Bool
    package let createdAt: Date
    /// IAM ID of who made it.
    package let createdBy: String
    package internal(set) var updatedAt: Date
    /// IAM ID of who renamed it; empty for nobody.
    package internal(set) var updatedBy = ""

    init(
        guid: String,
        name: String,
        roleCRN: String,
        apiKey: SimulatedAPIKey,
        hmacPair: HMACPair?,
        isOneTime: Bool
    ) {
        self.guid = guid
        self.name = name
        self.roleCRN = roleCRN
        self.hmacPair = hmacPair
        self.isOneTime = isOneTime
        (serviceID, apiKeyID, self.apiKey) = (apiKey.serviceID, apiKey.id, apiKey.value)
        (createdAt, createdBy, updatedAt) = (apiKey.createdAt, apiKey.createdBy, apiKey.createdAt)
    }
}
