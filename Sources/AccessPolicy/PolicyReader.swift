internal import DocumentReader

/// Reads the YAML of a policy document.
struct PolicyReader {
    let profiles: Set<ProfileName>
    let accounts: AccountNames

    func read(_ document: DocumentValue) throws(DocumentError) -> ([Grant], [Denial]) {
        let top = try document.mapping(known: ["version", "grants", "denials"])
        let version = try top.required("version")
        guard try version.string() == "1" else { throw version.error("must be 1") }
        var names: Set<String> = []
        var grants: [Grant] = []
        for value in try top["grants"]?.list() ?? [] { grants.append(try grant(value, &names)) }
        var denials: [Denial] = []
        for value in try top["denials"]?.list() ?? [] { denials.append(try denial(value, &names)) }
        return (grants, denials)
    }

    private func grant(_ value: DocumentValue, _ names: inout Set<String>) throws(DocumentError) -> Grant {
        let members = try value.mapping(known: ["name", "profiles", "workloads"])
        let name = try uniqueName(members, &names)
        var granted: [ProfileName] = []
        for value in try members.required("profiles").list() {
            guard let profile = ProfileName(try value.string()), profiles.contains(profile) else {
                throw value.error("there is no profile of this name in the configuration")
            }
            granted.append(profile)
        }
        return Grant(
            name: name,
            profiles: granted,
            workloads: try patterns(members.required("workloads")),
            place: value.place
        )
    }

    private func denial(_ value: DocumentValue, _ names: inout Set<String>) throws(DocumentError) -> Denial {
        let members = try value.mapping(known: ["name", "workloads"])
        let name = try uniqueName(members, &names)
        let workloads = try patterns(members.required("workloads"))
        guard !workloads.isEmpty, workloads.allSatisfy({ !$0.selectors.isEmpty }) else {
            throw value.error("a denial without selectors denies nobody; say whom it is for")
        }
        return Denial(name: name, workloads: workloads, place: value.place)
    }

    private func uniqueName(_ members: DocumentMapping, _ names: inout Set<String>) throws(DocumentError) -> String {
        let value = try members.required("name")
        let name = try value.string()
        let isPlain = name.utf8.allSatisfy { byte in byte > 0x20 && byte < 0x7F }
        guard isPlain, (1...64).contains(name.utf8.count) else {
            throw value.error("must be 1 to 64 ASCII characters, no spaces")
        }
        guard names.insert(name).inserted else { throw value.error("is the name of another grant or denial, too") }
        return name
    }

    private func patterns(_ value: DocumentValue) throws(DocumentError) -> [WorkloadPattern] {
        var patterns: [WorkloadPattern] = []
        for entry in try value.list() {
            var selectors: [Selector] = []
            for member in try entry.mapping(known: ["user", "uid", "group", "gid", "executable"]).members {
                selectors.append(try selector(member))
            }
            patterns.append(WorkloadPattern(selectors: selectors))
        }
        return patterns
    }

    private func selector(_ member: DocumentMapping.Member) throws(DocumentError) -> Selector {
        let value = member.value
        switch member.name {
        case "user":
            let name = try value.string()
            guard let id = accounts.userID(name) else { throw value.error("this machine has no user '\(name)'") }
            return .user(id, name: name)
        case "group":
            let name = try value.string()
            guard let id = accounts.groupID(name) else { throw value.error("this machine has no group '\(name)'") }
            return .group(id, name: name)
        case "uid": return .user(UInt32(try value.integer(in: Self.accountIDs)), name: nil)
        case "gid": return .group(UInt32(try value.integer(in: Self.accountIDs)), name: nil)
        default:
            let path = try value.string()
            guard path.hasPrefix("/") else { throw value.error("must be an absolute path") }
            return .executable(path)
        }
    }

    /// The highest number stands for "no user" in system calls, so it is nobody's.
    private static let accountIDs = 0...(Int(UInt32.max) - 1)
}

extension DocumentValue {
    var place: SourcePlace { SourcePlace(file: file, line: line) }
}
