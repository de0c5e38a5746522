internal import DocumentReader

/// Reads the YAML of a policy document, and goes on after an error: one look finds all that is wrong.
struct PolicyReader {
    let profiles: Set<ProfileName>?
    let sinks: Set<String>?
    let rotations: Set<String>?
    let accounts: AccountNames
    let names: GrantNames
    let errors = DocumentErrorCollector()

    /// Without errors, what the document says.
    func read(_ document: DocumentValue) -> ([Grant], [Denial]) {
        guard let top = members(of: document, known: ["version", "mode", "grants", "denials"]) else { return ([], []) }
        errors.attempt { () throws(DocumentError) in
            let version = try top.required("version")
            guard try version.string() == "1" else { throw version.error("must be 1") }
        }
        let mode = top["mode"].flatMap(mode) ?? .enforce
        return (
            elements(of: top["grants"]).compactMap { grant($0, mode) },
            elements(of: top["denials"]).compactMap { denial($0, mode) }
        )
    }

    private func grant(_ value: DocumentValue, _ standard: EnforcementMode) -> Grant? {
        let known = [
            "name", "profiles", "workloads", "sinks", "rotations", "rate", "not_before", "not_after", "hours",
            "metadata",
            "certificates",
            "min_ttl", "mode",
        ]
        guard let members = members(of: value, known: known) else { return nil }
        let name = name(members, value)
        let certificates = members["certificates"].flatMap(flag) ?? false
        // Without anything else, a grant is for profiles.
        let isForProfiles = members["metadata"] == nil && !certificates
        let listed = isForProfiles ? elements(ofRequired: "profiles", members) : elements(of: members["profiles"])
        let granted = listed.compactMap(profile)
        let sinks = elements(of: members["sinks"]).compactMap(sink)
        let rotations = elements(of: members["rotations"]).compactMap(rotation)
        // A grant that is for sinks or rotations alone need not name workloads.
        let isForWorkloads = sinks.isEmpty && rotations.isEmpty
        let named = isForWorkloads ? elements(ofRequired: "workloads", members) : elements(of: members["workloads"])
        let workloads = named.compactMap(pattern)
        let rate = members["rate"].map(rate)
        let validity = validity(members)
        let metadata = elements(of: members["metadata"]).compactMap(metadataPath)
        let minimumTTL = members["min_ttl"].flatMap(minimumTTL)
        let mode = members["mode"].flatMap(mode) ?? standard
        guard let name else { return nil }
        return Grant(
            name: name,
            profiles: granted,
            workloads: workloads,
            sinks: sinks,
            rotations: rotations,
            rate: rate ?? .standard,
            validity: validity,
            metadata: metadata,
            certificates: certificates,
            largestMinimumTTL: minimumTTL,
            mode: mode,
            place: value.place
        )
    }

    private func denial(_ value: DocumentValue, _ standard: EnforcementMode) -> Denial? {
        guard let members = members(of: value, known: ["name", "workloads", "mode"]) else { return nil }
        let name = name(members, value)
        let listed = elements(ofRequired: "workloads", members)
        let workloads = listed.compactMap(pattern)
        // Whatever stands there is read without error, and is nothing.
        if members["workloads"] != nil, workloads.count == listed.count,
            listed.isEmpty || workloads.contains(where: \.selectors.isEmpty)
        {
            errors.add(value.error("a denial without selectors denies nobody; say whom it is for"))
        }
        let mode = members["mode"].flatMap(mode) ?? standard
        guard let name else { return nil }
        return Denial(name: name, workloads: workloads, mode: mode, place: value.place)
    }

    private func name(_ members: DocumentMapping, _ owner: DocumentValue) -> String? {
        errors.attempt { () throws(DocumentError) in
            let value = try members.required("name")
            let name = try value.string()
            let isPlain = name.utf8.allSatisfy { byte in byte > 0x20 && byte < 0x7F }
            guard isPlain, (1...64).contains(name.utf8.count) else {
                throw value.error("must be 1 to 64 ASCII characters, no spaces")
            }
            if let earlier = names.take(name, at: value.place) {
                throw value.error("is the name of another grant or denial, too, at \(earlier)")
            }
            return name
        }
    }

    private func profile(_ value: DocumentValue) -> ProfileName? {
        errors.attempt { () throws(DocumentError) in
            guard let profile = ProfileName(try value.string()) else {
                throw value.error("a profile's name has 1 to 64 letters, digits, '.', '_' and '-'")
            }
            guard profiles?.contains(profile) ?? true else {
                throw value.error("there is no profile of this name in the configuration")
            }
            return profile
        }
    }

    private func sink(_ value: DocumentValue) -> String? {
        errors.attempt { () throws(DocumentError) in
            let name = try value.string()
            guard ProfileName(name) != nil else {
                throw value.error("a sink's name has 1 to 64 letters, digits, '.', '_' and '-'")
            }
            guard sinks?.contains(name) ?? true else {
                throw value.error("there is no sink of this name in the configuration")
            }
            return name
        }
    }

    private func rotation(_ value: DocumentValue) -> String? {
        errors.attempt { () throws(DocumentError) in
            let name = try value.string()
            let isPlan = name.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "-")
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
            guard isPlan, (1...40).contains(name.utf8.count) else {
                throw value.error("a plan's name has 1 to 40 lower-case letters, digits and hyphens")
            }
            guard rotations?.contains(name) ?? true else {
                throw value.error("there is no rotation plan of this name in the configuration")
            }
            return name
        }
    }

    private func flag(_ value: DocumentValue) -> Bool? {
        errors.attempt { () throws(DocumentError) in try value.bool() }
    }

    private func mode(_ value: DocumentValue) -> EnforcementMode? {
        errors.attempt { () throws(DocumentError) in
            guard let mode = EnforcementMode(rawValue: try value.string()) else {
                throw value.error("must be enforce or observe")
            }
            return mode
        }
    }
}

// MARK: Structure

extension PolicyReader {
    /// The members of a mapping; each one that is not `known` is an error.
    func members(of value: DocumentValue, known: [String]) -> DocumentMapping? {
        guard let mapping = errors.attempt({ () throws(DocumentError) in try value.mapping() }) else { return nil }
        for member in mapping.members where !known.contains(member.name) {
            errors.add(member.place.error("unknown key; known here: \(known.joined(separator: ", "))"))
        }
        return mapping
    }

    /// The elements of a list, none when there is no list.
    func elements(of value: DocumentValue?) -> [DocumentValue] {
        guard let value else { return [] }
        return errors.attempt { () throws(DocumentError) in try value.list() } ?? []
    }

    private func elements(ofRequired name: String, _ members: DocumentMapping) -> [DocumentValue] {
        elements(of: errors.attempt { () throws(DocumentError) in try members.required(name) })
    }
}

extension DocumentValue {
    var place: SourcePlace { SourcePlace(file: file, line: line) }
}
