internal import DocumentReader

extension PolicyReader {
    /// The selectors, in the order in which documentation names them.
    static let selectors = [
        "user", "uid", "group", "gid", "login_user", "login_uid", "executable", "sha256", "unit", "slice", "container",
        "pod", "label",
    ]

    /// One entry of `workloads:`, unless something in it is wrong.
    func pattern(_ value: DocumentValue) -> WorkloadPattern? {
        guard let members = members(of: value, known: Self.selectors) else { return nil }
        let known = members.members.filter { Self.selectors.contains($0.name) }
        let selectors = known.compactMap { member in
            errors.attempt { () throws(DocumentError) in try selector(member.name, member.value) }
        }
        return selectors.count == members.members.count ? WorkloadPattern(selectors: selectors) : nil
    }

    func selector(_ name: String, _ value: DocumentValue) throws(DocumentError) -> Selector {
        switch name {
        case "user": try .user(user(value), name: value.string())
        case "uid": try .user(accountID(value), name: nil)
        case "group": try .group(group(value), name: value.string())
        case "gid": try .group(accountID(value), name: nil)
        case "login_user": try .loginUser(user(value), name: value.string())
        case "login_uid": try .loginUser(accountID(value), name: nil)
        case "executable": try .executable(executable(value))
        case "sha256": try .sha256(digest(value))
        case "unit": try .unit(unit(value))
        case "slice": try .slice(slice(value))
        case "container": try .container(container(value))
        case "pod": try .pod(pod(value))
        default: try .label(label(value))
        }
    }

    // MARK: Users and groups

    func user(_ value: DocumentValue) throws(DocumentError) -> UInt32 {
        let name = try value.string()
        // The machine is asked in C, where a text ends at its first NUL.
        guard !name.utf8.contains(0), let id = accounts.userID(name) else {
            throw value.error("this machine has no user '\(name)'")
        }
        return id
    }

    func group(_ value: DocumentValue) throws(DocumentError) -> UInt32 {
        let name = try value.string()
        guard !name.utf8.contains(0), let id = accounts.groupID(name) else {
            throw value.error("this machine has no group '\(name)'")
        }
        return id
    }

    /// The highest number stands for "no user" in system calls, so it is nobody's.
    func accountID(_ value: DocumentValue) throws(DocumentError) -> UInt32 {
        UInt32(try value.integer(in: 0...(Int(UInt32.max) - 1)))
    }

    // MARK: The program

    /// The kernel names files in one way only; another spelling would never match.
    func executable(_ value: DocumentValue) throws(DocumentError) -> String {
        let path = try value.string()
        guard path.hasPrefix("/") else { throw value.error("must be an absolute path") }
        let parts = path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) }) else {
            throw value.error("must be a path without '//', '.', '..' and a '/' at its end")
        }
        // PATH_MAX, with the zero at the end.
        guard path.utf8.count < 4_096, !path.utf8.contains(0) else {
            throw value.error("must be shorter than 4096 bytes, without NUL")
        }
        return path
    }

    func digest(_ value: DocumentValue) throws(DocumentError) -> String {
        let text = try value.string()
        guard text.utf8.count == 64, text.utf8.allSatisfy({ Self.isHexadecimal($0) }) else {
            throw value.error("must be 64 hexadecimal digits, as sha256sum prints them")
        }
        return text.lowercased()
    }

    // MARK: Where it runs

    func unit(_ value: DocumentValue) throws(DocumentError) -> String {
        // The kinds of units that processes run in (systemd.unit(5)).
        let kinds = ["service", "scope", "socket", "mount", "swap"]
        let name = try value.string()
        guard !name.hasSuffix(".slice") else { throw value.error("is a slice; write 'slice: \(name)'") }
        guard Self.isUnitName(name),
            kinds.contains(where: { name.hasSuffix(".\($0)") && name.utf8.count > $0.utf8.count + 1 })
        else {
            throw value.error(
                "must be the name of a unit, such as reports.service; it ends in .\(kinds.joined(separator: ", ."))"
            )
        }
        return name
    }

    func slice(_ value: DocumentValue) throws(DocumentError) -> String {
        let name = try value.string()
        guard Self.isUnitName(name), name.hasSuffix(".slice"), name != ".slice" else {
            throw value.error("must be the name of a slice, such as system.slice")
        }
        return name
    }

    func container(_ value: DocumentValue) throws(DocumentError) -> String {
        let id = try value.string()
        guard id.utf8.count == 64, id.utf8.allSatisfy({ Self.isLowerHexadecimal($0) }) else {
            throw value.error("must be the whole ID of a container: 64 hexadecimal digits, letters in lower case")
        }
        return id
    }

    func pod(_ value: DocumentValue) throws(DocumentError) -> String {
        let id = try value.string()
        let groups = id.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard groups.map(\.count) == [8, 4, 4, 4, 12], groups.joined().allSatisfy({ Self.isLowerHexadecimal($0) })
        else {
            throw value.error("must be the UID of a pod: a UUID, letters in lower case")
        }
        return id
    }

    func label(_ value: DocumentValue) throws(DocumentError) -> String {
        let label = try value.string()
        guard (1...4_095).contains(label.utf8.count), label.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw value.error("must be 1 to 4095 bytes without control characters")
        }
        return label
    }

    /// systemd.unit(5): 255 characters at most, of these.
    private static func isUnitName(_ name: String) -> Bool {
        (1...255).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"):
                    true
                default: ":-_.\\@".utf8.contains(byte)
                }
            }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        isLowerHexadecimal(byte) || (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte)
    }

    private static func isLowerHexadecimal(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
