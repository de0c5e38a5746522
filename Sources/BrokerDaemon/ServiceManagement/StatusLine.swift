internal import AccessPolicy
internal import BrokerAPI
internal import TokenBroker

/// How the daemon is doing, in one line for people: what `systemctl status` shows.
struct StatusLine: Equatable {
    let text: String

    /// - Parameters:
    ///   - profiles: how each is doing, in the order in which they are named.
    ///   - refusal: why the policy in the folder is not in force; `nil` when it is.
    init(_ profiles: [ProfileStatus], policyRefusal refusal: String?) {
        let kinds = Kind.allCases.compactMap { kind -> String? in
            let those = profiles.filter { Kind($0.state) == kind }
            guard !those.isEmpty else { return nil }
            return "\(those.count) \(kind.rawValue)\(Self.reasons(kind, those))"
        }
        let count = profiles.count == 1 ? "1 profile" : "\(profiles.count) profiles"
        var text = "\(count): \(kinds.joined(separator: ", "))"
        if let refusal { text += "; the policy in force is an old one: \(Self.clipped(refusal))" }
        self.text = text
    }

    private enum Kind: String, CaseIterable {
        case ready, failing, locked
        case idle = "not asked for yet"

        init(_ state: ProfileStatus.State) {
            self =
                switch state {
                case .fresh, .stale: .ready
                case .failing: .failing
                case .locked: .locked
                case .absent: .idle
                }
        }
    }

    private static func reasons(_ kind: Kind, _ profiles: [ProfileStatus]) -> String {
        guard kind == .failing || kind == .locked else { return "" }
        let named = profiles.prefix(mostNamed)
            .map { profile in
                guard kind == .failing, let error = profile.lastError else { return "\(profile.profile)" }
                return "\(profile.profile): \(clipped(error.message))"
            }
        let others = profiles.count > mostNamed ? "; and \(profiles.count - mostNamed) more" : ""
        return " (\(named.joined(separator: "; "))\(others))"
    }

    private static func clipped(_ text: String) -> String {
        // Every user may read it.
        let text = VisibleText.escaping(TokenMask.masking(text))
        return text.count <= mostCharacters ? text : text.prefix(mostCharacters - 1) + "…"
    }

    private static let mostNamed = 2
    /// Of one reason.
    private static let mostCharacters = 120
}
