/// The two path families of the VPC Identity API, each with the version date it is coupled to: the newer date makes
/// the older paths answer 404 (reference: IBM API, section 1.1).
enum PathFamily: Sendable {
    /// `/identity`, since 26 August 2025; bare metal servers have no other.
    case identity
    /// `/instance_identity`, since 1 March 2022.
    case instanceIdentity

    var identityTokenPath: String {
        switch self {
        case .identity: "/identity/v1/token?version=2025-08-26"
        case .instanceIdentity: "/instance_identity/v1/token?version=2022-03-01"
        }
    }

    var iamTokenPath: String {
        switch self {
        case .identity: "/identity/v1/iam_tokens?version=2025-08-26"
        case .instanceIdentity: "/instance_identity/v1/iam_token?version=2022-03-01"
        }
    }

    var certificatePath: String {
        switch self {
        case .identity: "/identity/v1/certificates?version=2025-08-26"
        case .instanceIdentity: "/instance_identity/v1/certificates?version=2022-03-01"
        }
    }

    var other: PathFamily {
        switch self {
        case .identity: .instanceIdentity
        case .instanceIdentity: .identity
        }
    }
}
