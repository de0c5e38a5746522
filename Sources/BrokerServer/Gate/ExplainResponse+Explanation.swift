internal import AccessPolicy
internal import BrokerAPI

extension ExplainResponse {
    /// An explanation for the wire.
    init(_ explanation: Explanation, policy: UInt64) {
        let (decision, reason, message) = Self.words(explanation.decision)
        self.init(
            decision: decision,
            reason: reason,
            message: message,
            profile: explanation.profile.rawValue,
            policy: policy,
            workload: explanation.workload.facts,
            denials: explanation.denials.map(Subject.init),
            grants: explanation.grants.map(Subject.init)
        )
    }

    private static func words(_ decision: Decision) -> (String, String, String) {
        switch decision {
        case .permit(let permit):
            guard let observed = permit.observed else {
                return ("permit", "granted", "the grant '\(permit.grant)' permits it")
            }
            let refusal = Refusal.observed(grant: permit.grant, observed)
            return ("observe", refusal.code, refusal.description)
        case .deny(let reason):
            return ("deny", reason.code, reason.description)
        }
    }
}

extension ExplainResponse.Subject {
    fileprivate init(_ subject: Explanation.Subject) {
        self.init(
            name: subject.name,
            place: subject.place.description,
            mode: subject.mode.rawValue,
            holdsNow: subject.holdsNow,
            // More than these nobody reads.
            patterns: subject.patterns.prefix(3)
                .map { pattern in
                    ExplainResponse.Pattern(selectors: pattern.selectors.map(ExplainResponse.Selector.init))
                }
        )
    }
}

extension ExplainResponse.Selector {
    fileprivate init(_ compared: (selector: Selector, comparison: Comparison)) {
        let (name, wanted) = compared.selector.words
        let result =
            switch compared.comparison {
            case .same: "same"
            case .different: "different"
            case .undetermined: "unknown"
            }
        self.init(name: name, wanted: wanted, result: result)
    }
}

extension Selector {
    /// The key in a grant document, and what it asks for.
    fileprivate var words: (String, String) {
        switch self {
        case .user(let id, let name): Self.account("user", "uid", id, name)
        case .group(let id, let name): Self.account("group", "gid", id, name)
        case .loginUser(let id, let name): Self.account("login_user", "login_uid", id, name)
        case .executable(let path): ("executable", path)
        case .sha256(let digest): ("sha256", digest)
        case .unit(let unit): ("unit", unit)
        case .slice(let slice): ("slice", slice)
        case .container(let id): ("container", id)
        case .pod(let id): ("pod", id)
        case .label(let label): ("label", label)
        }
    }

    private static func account(_ byName: String, _ byID: String, _ id: UInt32, _ name: String?) -> (String, String) {
        name.map { (byName, "\($0) (\(id))") } ?? (byID, "\(id)")
    }
}

extension Workload {
    /// What was seen, under the names of the selectors; what nobody asked for is left out.
    var facts: [ExplainResponse.Fact] {
        [
            .init(name: "pid", value: "\(processID)"), .init(name: "uid", value: "\(userID)"),
            Self.fact("gid", groupID) { "\($0)" },
            Self.fact("groups", groups) { $0.map(String.init).joined(separator: " ") },
            Self.fact("login_uid", loginUserID) { "\($0)" }, Self.fact("executable", executable) { $0 },
            Self.fact("sha256", sha256) { $0 }, Self.fact("unit", unit) { $0 },
            Self.fact("invocation", invocation) { $0 },
            Self.fact("slice", slices) { $0.joined(separator: " ") }, Self.fact("container", container) { $0 },
            Self.fact("pod", pod) { $0 }, Self.fact("label", label) { $0 },
        ]
        .compactMap { $0 }
    }

    private static func fact<Value>(
        _ name: String,
        _ fact: Fact<Value>,
        _ text: (Value) -> String
    ) -> ExplainResponse.Fact? {
        switch fact {
        case .notGathered: nil
        case .known(let value): .init(name: name, value: text(value))
        case .none: .init(name: name)
        case .unknown(let why): .init(name: name, unknown: why)
        }
    }
}
