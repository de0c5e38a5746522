package import AccessPolicy
internal import FoundationEssentials
package import JOSE

/// A token that one instance of the broker leaves to the next.
///
/// To the next instance it is any text at all: nothing about it counts before it was verified again. What is said beside it can
/// make its life shorter, and not longer.
package struct HandedToken: Sendable {
    package let profile: ProfileName
    /// What the profile was for the instance that obtained it.
    package let reference: String
    package let token: UnverifiedToken
    /// When it was obtained, on the machine's boot-time clock.
    package let obtainedAt: Duration
    /// When it ends, on the same clock.
    package let endsAt: Duration

    package init(
        profile: ProfileName,
        reference: String,
        token: UnverifiedToken,
        obtainedAt: Duration,
        endsAt: Duration
    ) {
        (self.profile, self.reference, self.token) = (profile, reference, token)
        (self.obtainedAt, self.endsAt) = (obtainedAt, endsAt)
    }
}

extension ProfileReference {
    /// Tells one profile from another across instances.
    var handoverText: String {
        switch self {
        case .id(let id): "id:\(id.rawValue)"
        case .crn(let crn): "crn:\(crn.rawValue)"
        case .name(let name): "name:\(name)"
        case .instanceDefault: "default"
        }
    }
}

/// What one instance of the broker leaves to the next.
package struct Handover: Sendable {
    package let tokens: [HandedToken]
    /// The key set that the issuer had published; `nil`: none was fetched.
    package let keys: KeySet?

    package init(tokens: [HandedToken], keys: KeySet?) {
        (self.tokens, self.keys) = (tokens, keys)
    }
}

/// What became of a token that was handed over.
package enum HandedTokenFate: Sendable, Equatable {
    /// It passed with the keys that the issuer publishes.
    case kept
    /// The issuer cannot be asked: it passed with the keys that were handed over, and is looked at again.
    case keptForNow
    /// It is not used; why.
    case dropped(String)
}
