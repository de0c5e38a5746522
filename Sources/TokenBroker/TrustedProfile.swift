package import AccessPolicy

/// A trusted profile that the broker may hold tokens of.
package struct TrustedProfile: Sendable, Hashable {
    /// What configuration, policy and workloads call it.
    package let name: ProfileName
    package let reference: ProfileReference
    /// Get a token at start, and keep one, without waiting for somebody to ask.
    package let prefetch: Bool

    package init(name: ProfileName, reference: ProfileReference, prefetch: Bool = false) {
        self.name = name
        self.reference = reference
        self.prefetch = prefetch
    }
}

/// The four ways to say to IBM which profile is meant (reference: IBM API, section 2.1).
package enum ProfileReference: Sendable, Hashable {
    case id(ProfileID)
    case crn(ProfileCRN)
    /// The profile's name in the account of the instance.
    case name(String)
    /// The default profile of the instance; the request then has no body.
    case instanceDefault
}

/// The ID of a trusted profile: `Profile-` and a UUID.
package struct ProfileID: Sendable, Hashable, CustomStringConvertible {
    package let rawValue: String
    package var description: String { rawValue }

    /// `nil` when `text` is not such an ID.
    package init?(_ text: String) {
        let prefix = "Profile-"
        guard text.hasPrefix(prefix), text.utf8.count == prefix.utf8.count + 36 else { return nil }
        for (offset, byte) in text.utf8.dropFirst(prefix.utf8.count).enumerated() {
            let isHyphen = [8, 13, 18, 23].contains(offset)
            guard isHyphen ? byte == UInt8(ascii: "-") : Character(Unicode.Scalar(byte)).isHexDigit else { return nil }
        }
        rawValue = text
    }
}

/// The CRN of a trusted profile, such as `crn:v1:bluemix:public:iam-identity::a/ACCOUNT::profile:Profile-…`.
package struct ProfileCRN: Sendable, Hashable, CustomStringConvertible {
    package let rawValue: String
    package let profileID: ProfileID
    package let accountID: String
    package var description: String { rawValue }

    /// `nil` when `text` is not such a CRN.
    package init?(_ text: String) {
        let segments = text.split(separator: ":", omittingEmptySubsequences: false)
        guard segments.count == 10, segments[0] == "crn", segments[1] == "v1", segments[4] == "iam-identity",
            segments[6].hasPrefix("a/"), segments[8] == "profile", let id = ProfileID(String(segments[9]))
        else { return nil }
        let account = segments[6].dropFirst(2)
        guard !account.isEmpty, account.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else {
            return nil
        }
        (rawValue, profileID, accountID) = (text, id, String(account))
    }
}
