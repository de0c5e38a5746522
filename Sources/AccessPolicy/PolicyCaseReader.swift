internal import DocumentReader
internal import FoundationEssentials

/// Reads the YAML of a file of cases.
struct PolicyCaseReader {
    /// Values are spelled as in policies.
    let policy: PolicyReader

    init(accounts: AccountNames) {
        policy = PolicyReader(profiles: nil, sinks: nil, rotations: nil, accounts: accounts, names: GrantNames())
    }

    var errors: DocumentErrorCollector { policy.errors }

    func read(_ document: DocumentValue) -> (policies: [String]?, cases: [PolicyCase]) {
        guard let top = policy.members(of: document, known: ["version", "policies", "cases"]) else { return (nil, []) }
        errors.attempt { () throws(DocumentError) in
            let version = try top.required("version")
            guard try version.string() == "1" else { throw version.error("must be 1") }
        }
        let files = top["policies"].map { policy.elements(of: $0).compactMap(fileName) }
        let cases = errors.attempt { () throws(DocumentError) in try top.required("cases") }
        return (files, policy.elements(of: cases).compactMap(policyCase))
    }

    private func fileName(_ value: DocumentValue) -> String? {
        errors.attempt { () throws(DocumentError) in
            let name = try value.string()
            guard !name.contains("/"), !name.hasPrefix("."), !name.isEmpty else {
                throw value.error("must be the name of a file in this folder")
            }
            return name
        }
    }

    private func policyCase(_ value: DocumentValue) -> PolicyCase? {
        let known = ["name", "workload"] + Self.questions + ["at", "expect", "grant", "reason", "denial"]
        guard let members = policy.members(of: value, known: known) else { return nil }
        let name = text("name", members)
        let workload = errors.attempt { () throws(DocumentError) in try members.required("workload") }
            .flatMap(self.workload)
        let question = question(members)
        let instant = members["at"].flatMap(policy.instant)
        let expected = expectation(members)
        guard let name, let workload, let question, let expected else { return nil }
        return PolicyCase(
            name: name,
            workload: workload,
            question: question,
            instant: instant,
            expected: expected,
            place: value.place
        )
    }

    /// The keys of which a case has one, spelled as in a grant.
    private static let questions = ["profile", "metadata", "certificates"]

    private func question(_ members: DocumentMapping) -> PolicyQuestion? {
        let asked = Self.questions.filter { members[$0] != nil }
        if let second = asked.dropFirst().first.flatMap({ members[$0] }) {
            let first = asked[0]
            return errors.attempt { () throws(DocumentError) in
                throw second.error("stands beside '\(first)'; a case asks for one thing")
            }
        }
        if let value = members["metadata"] { return policy.metadataPath(value).map(Self.metadata) }
        return errors.attempt { () throws(DocumentError) in
            if let value = members["certificates"] {
                guard try value.bool() else { throw value.error("must be true, or absent") }
                return .resource(.certificates)
            }
            let value = try members.required("profile")
            guard let name = ProfileName(try value.string()) else { throw value.error("must be the name of a profile") }
            return .profile(name)
        }
    }

    private static func metadata(_ path: String) -> PolicyQuestion {
        .resource(path == GrantedResource.userDataName ? .userData : .metadata(path: path))
    }

    private func expectation(_ members: DocumentMapping) -> PolicyCase.Expectation? {
        errors.attempt { () throws(DocumentError) in
            let value = try members.required("expect")
            guard let outcome = PolicyCase.Outcome(rawValue: try value.string()) else {
                throw value.error("must be permit, deny or observe")
            }
            let (reason, denial) = (try members["reason"]?.string(), try members["denial"]?.string())
            if outcome == .permit, let value = members["reason"] ?? members["denial"] {
                throw value.error("is for deny and observe; with permit only a grant can be expected")
            }
            let reasons = ["nobody_may", "no_grant_matches", "not_now", "denied"]
            if let reason, let value = members["reason"], !reasons.contains(reason) {
                throw value.error("must be one of \(reasons.joined(separator: ", "))")
            }
            return PolicyCase.Expectation(
                outcome: outcome,
                grant: try members["grant"]?.string(),
                reason: reason,
                denial: denial
            )
        }
    }

    private func text(_ name: String, _ members: DocumentMapping) -> String? {
        errors.attempt { () throws(DocumentError) in try members.required(name).string() }
    }
}
