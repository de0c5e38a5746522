/// What a workload may ask about its instance, beside tokens.
package enum InstanceResource: Sendable, Hashable {
    /// A resource of the metadata service, by its path below `/metadata/v1/`.
    case metadata(path: String)
    /// The `user_data` and `password` of the initialization document.
    case userData
    /// A certificate that says which instance this is.
    case certificates
}

extension InstanceResource: CustomStringConvertible {
    package var description: String {
        switch self {
        case .metadata(let path): "metadata \(path)"
        case .userData: "user data"
        case .certificates: "identity certificates"
        }
    }
}

/// Whether a workload may have something of its instance.
package enum ResourceDecision: Sendable, Equatable {
    /// `observed`: what would deny it, if everything was enforced.
    case permit(grant: String, observed: DenialReason?)
    case deny(DenialReason)
}

extension InstanceResource {
    /// The name in a grant's `metadata` list that stands for the user data: no path, as it has none of its own.
    static let userDataName = "user_data"

    /// Whether `grant` covers the resource.
    ///
    /// A path covers what lies below it, with one exception: initialization holds passwords and start-up scripts, and must
    /// be named itself.
    func isCovered(by grant: Grant) -> Bool {
        switch self {
        case .certificates: grant.certificates
        case .userData: grant.metadata.contains(Self.userDataName)
        case .metadata(let path):
            Self.isPlain(path) && grant.metadata.contains { entry in Self.entry(entry, covers: path) }
        }
    }

    private static func entry(_ entry: String, covers path: String) -> Bool {
        // A name of ours, not a path of IBM's.
        guard entry != userDataName else { return false }
        if path == entry { return true }
        guard path.hasPrefix(entry + "/") else { return false }
        return path.split(separator: "/").last != "initialization"
    }

    /// Whether every segment is letters in lower case, digits, `_` and `-`: nothing in it leads elsewhere.
    private static func isPlain(_ path: String) -> Bool {
        path.utf8.count <= 255
            && path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
                .allSatisfy { segment in
                    !segment.isEmpty
                        && segment.allSatisfy { byte in
                            switch byte {
                            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
                            default: byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
                            }
                        }
                }
    }
}
