internal import DocumentReader

extension PolicyCaseReader {
    /// Facts that can be said to be unknown; a user never is.
    private static let facts = [
        "gid", "groups", "login_uid", "executable", "sha256", "unit", "slices", "container", "pod", "label",
    ]

    private static let keys = [
        "user", "uid", "group", "gid", "groups", "login_user", "login_uid", "executable", "sha256", "unit", "slices",
        "container", "pod", "label", "unknown",
    ]

    /// A workload; what is not said of it, it has not.
    func workload(_ value: DocumentValue) -> Workload? {
        guard let members = policy.members(of: value, known: Self.keys) else { return nil }
        let before = errors.errors
        let unknown = unknownFacts(members)
        let user = account("user", "uid", members, policy.user)
        if user == nil, members["user"] == nil, members["uid"] == nil {
            errors.add(value.error("must have 'user' or 'uid': the kernel always tells the user"))
        }
        let group = account("group", "gid", members, policy.group)
        let login = account("login_user", "login_uid", members, policy.user)
        let groups = members["groups"].map { policy.elements(of: $0).compactMap(self.group) }
        let slices = members["slices"]
            .map { list in
                policy.elements(of: list)
                    .compactMap { slice in errors.attempt { () throws(DocumentError) in try policy.slice(slice) } }
            }
        func fact<Value>(_ name: String, _ value: Value?) -> Fact<Value> {
            unknown.contains(name) ? .unknown("the case says so") : value.map { .known($0) } ?? .none
        }
        func text(
            _ name: String,
            _ read: (DocumentValue) throws(DocumentError) -> String
        ) -> Fact<String> {
            fact(
                name,
                members[name].flatMap { value in errors.attempt { () throws(DocumentError) in try read(value) } }
            )
        }
        let workload = Workload(
            processID: 1,
            userID: user ?? 0,
            groupID: fact("gid", group),
            groups: fact("groups", groups),
            label: text("label", policy.label),
            loginUserID: fact("login_uid", login),
            executable: text("executable", policy.executable),
            sha256: text("sha256", policy.digest),
            unit: text("unit", policy.unit),
            invocation: .none,
            slices: fact("slices", slices),
            container: text("container", policy.container),
            pod: text("pod", policy.pod)
        )
        return errors.errors == before ? workload : nil
    }

    /// Facts that can be given by name, too.
    private static let names = ["gid": "group", "login_uid": "login_user"]

    private func unknownFacts(_ members: DocumentMapping) -> Set<String> {
        var unknown: Set<String> = []
        for element in policy.elements(of: members["unknown"]) {
            errors.attempt { () throws(DocumentError) in
                let name = try element.string()
                guard Self.facts.contains(name) else {
                    throw element.error("must be one of \(Self.facts.joined(separator: ", "))")
                }
                guard members[name] == nil, Self.names[name].flatMap({ members[$0] }) == nil else {
                    throw element.error("is given, so it is not unknown")
                }
                unknown.insert(name)
            }
        }
        return unknown
    }

    /// A user or group by name or by number.
    private func account(
        _ name: String,
        _ number: String,
        _ members: DocumentMapping,
        _ resolve: (DocumentValue) throws(DocumentError) -> UInt32
    ) -> UInt32? {
        errors.attempt { () throws(DocumentError) in
            switch (members[name], members[number]) {
            case (let value?, nil): try resolve(value)
            case (nil, let value?): try policy.accountID(value)
            case (nil, nil): nil
            case (_?, let value?): throw value.error("stands beside '\(name)', which says the same; leave one out")
            }
        } ?? nil
    }

    /// A supplementary group, a number when it looks like one.
    private func group(_ value: DocumentValue) -> UInt32? {
        errors.attempt { () throws(DocumentError) in
            let isNumber = try value.string().utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            return try isNumber ? policy.accountID(value) : policy.group(value)
        }
    }
}
