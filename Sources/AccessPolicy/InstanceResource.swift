/// What a workload may ask of the instance besides tokens.
package enum InstanceResource: Sendable, Hashable {
    /// A path of the metadata service below `/metadata/v1/`, as it was asked for; see ``MetadataPath``.
    case metadata(path: String)
    /// The member `user_data` of the initialization document.
    case userData
    /// Identity certificates of the instance.
    case certificates
}

extension InstanceResource: CustomStringConvertible {
    /// As logs name it; the path is text from outside.
    package var description: String {
        switch self {
        case .metadata(let path): "metadata \(path)"
        case .userData: "user data"
        case .certificates: "certificates"
        }
    }
}

/// What the policy says to one workload about one resource of the instance.
package enum ResourceDecision: Sendable, Equatable {
    /// - Parameters:
    ///   - grant: the name of the grant that permits.
    ///   - observed: what the decision would be if everything was enforced: somebody only observes.
    case permit(grant: String, observed: DenialReason?)
    case deny(DenialReason)
}

extension DenialReason {
    /// Why `resource` is refused, in words.
    package func text(about resource: InstanceResource) -> String {
        switch self {
        case .nobodyMay: "no grant gives \(resource) to anybody"
        case .noGrantMatches: "no grant for \(resource) names this workload"
        case .notNow, .denied: description
        }
    }
}
