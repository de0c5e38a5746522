/// What a path of IBM's leads to.
///
/// Repeated slashes count as one: the Python SDK doubles the first when its URL ends with one (reference: IBM API, section 8.2).
enum EmulationPath: Sendable, Equatable {
    case sessionToken(Family)
    case iamToken(Family)
    case certificates(Family)
    /// The path below `/metadata/v1/`.
    case metadata(String)
    /// `/identity/token`, and its old spelling `/oidc/token`.
    case iam
    case keys
    case discovery
    /// No path, but one of another family is meant: that one.
    case mistaken(for: String)
    /// Within IBM's part of the paths, and nothing there.
    case unknown

    /// The two spellings of the VPC Identity API (reference: IBM API, section 1.1).
    enum Family: Sendable {
        /// `/instance_identity/v1/…`, gone from version 2025-08-26 on.
        case instanceIdentity
        case identity
    }

    /// `nil` when `path` is none of IBM's.
    init?(_ path: String) {
        let segments = path.split(separator: "/", omittingEmptySubsequences: true)
        guard let first = segments.first, ["identity", "instance_identity", "metadata", "oidc"].contains(first) else {
            return nil
        }
        self = first == "metadata" ? Self.metadata(segments) : Self.fixed(segments.joined(separator: "/"))
    }

    private static func metadata(_ segments: [Substring]) -> EmulationPath {
        guard segments.count > 2, segments[1] == "v1" else { return .unknown }
        return .metadata(segments.dropFirst(2).joined(separator: "/"))
    }

    private static func fixed(_ path: String) -> EmulationPath {
        switch path {
        case "identity/v1/token": .sessionToken(.identity)
        case "instance_identity/v1/token": .sessionToken(.instanceIdentity)
        case "identity/v1/iam_tokens": .iamToken(.identity)
        case "instance_identity/v1/iam_token": .iamToken(.instanceIdentity)
        case "identity/v1/certificates": .certificates(.identity)
        case "instance_identity/v1/certificates": .certificates(.instanceIdentity)
        case "identity/token", "oidc/token": .iam
        case "identity/keys": .keys
        case "identity/.well-known/openid-configuration": .discovery
        // One of IBM's own pages mixes these two up (reference: IBM API, section 1.1).
        case "identity/v1/iam_token": .mistaken(for: "POST /identity/v1/iam_tokens")
        case "instance_identity/v1/iam_tokens": .mistaken(for: "POST /instance_identity/v1/iam_token")
        default: .unknown
        }
    }
}
