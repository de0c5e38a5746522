/// The first rule that a token breaks.
///
/// It never contains the token, a part of it, or text taken from it.
package enum Rejection: Error, Sendable, Equatable {
    // Form
    case tokenTooLarge
    case notThreeParts
    case notBase64URL
    case headerTooLarge
    case payloadTooLarge
    case malformedHeader(JSONError)
    case malformedPayload(JSONError)

    // Algorithm and key
    case algorithmMissing
    case algorithmNotAllowed
    case criticalHeader
    case keyIDNotString
    case keyIDMissing
    case keyUnknown
    case keyDoesNotFit
    case noUsableKey
    case signatureInvalid

    // Claims
    case claimMissing(Claim)
    case claimMalformed(Claim)
    case expired
    case notYetValid
    case issuedInFuture
    case issuerMismatch
    case audienceMismatch
    case profileMismatch(Claim)
    case accountMismatch
    case accountNotValid
}

/// The claims that rules are about (RFC 7519 section 4.1; reference: IBM API, section 5.2).
package enum Claim: String, Sendable, Hashable {
    case issuer = "iss"
    case expiration = "exp"
    case notBefore = "nbf"
    case issuedAt = "iat"
    case audience = "aud"
    case iamID = "iam_id"
    case subject = "sub"
    case subjectType = "sub_type"
    case identifier
    case name
    case account
}

extension Rejection: CustomStringConvertible {
    /// The rule in words: stable text that programs may compare.
    package var description: String {
        switch self {
        case .tokenTooLarge: "token is larger than 64 KiB"
        case .notThreeParts: "token does not have three parts"
        case .notBase64URL: "token is not canonical base64url"
        case .headerTooLarge: "header is larger than 16 KiB"
        case .payloadTooLarge: "payload is larger than 16 KiB"
        case .malformedHeader(let error): "header is malformed: \(error)"
        case .malformedPayload(let error): "payload is malformed: \(error)"
        case .algorithmMissing: "header names no algorithm"
        case .algorithmNotAllowed: "algorithm is not allowed"
        case .criticalHeader: "header has critical extensions"
        case .keyIDNotString: "key ID is not a string"
        case .keyIDMissing: "header names no key and the key set has several"
        case .keyUnknown: "key ID is not in the key set"
        case .keyDoesNotFit: "key does not fit the algorithm"
        case .noUsableKey: "key set has no usable key"
        case .signatureInvalid: "signature is not valid"
        case .claimMissing(let claim): "claim \(claim.rawValue) is missing"
        case .claimMalformed(let claim): "claim \(claim.rawValue) is malformed"
        case .expired: "token has expired"
        case .notYetValid: "token is not valid yet"
        case .issuedInFuture: "token was issued in the future"
        case .issuerMismatch: "issuer is not the expected one"
        case .audienceMismatch: "audience is not the expected one"
        case .profileMismatch(let claim): "token is not for the expected profile (claim \(claim.rawValue))"
        case .accountMismatch: "account is not the expected one"
        case .accountNotValid: "account is not valid"
        }
    }
}
