package import FoundationEssentials

/// What a token must say to be accepted.
///
/// What is `nil` is not expected, and so not checked.
package struct TokenExpectations: Sendable {
    /// The algorithms that are allowed.
    package var algorithms: Set<SignatureAlgorithm> = [.rs256]
    /// `iss`, compared byte for byte.
    package var issuer: String?
    /// A member of `aud`.
    package var audience: String?
    package var profile: ExpectedProfile?
    /// `account.bss`; `account.valid` must then be `true`.
    package var accountID: String?
    /// How far the clocks of issuer and verifier may be apart, in seconds, for `exp`, `nbf` and `iat`.
    package var leeway: TimeInterval = 0

    package init() {}
}

/// Which trusted profile a token must be for (reference: IBM API, section 5.2).
package enum ExpectedProfile: Sendable, Hashable {
    /// The profile with this ID: `iam_id` is `iam-` and the ID; `sub`, `sub_type` and `identifier` must agree.
    case id(String)
    /// A profile with this name, whose ID is not known beforehand.
    case named(String)
    /// Some trusted profile, and not another kind of identity.
    case any

    package var isByID: Bool {
        if case .id = self { true } else { false }
    }
}
