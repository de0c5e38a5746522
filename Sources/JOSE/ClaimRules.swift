/// The rules about claims, checked in the order of the expectations.
struct ClaimRules {
    private let document: JSONDocument
    private let expectations: TokenExpectations
    private let found: FoundClaims

    init(_ document: JSONDocument, _ expectations: TokenExpectations) {
        self.document = document
        self.expectations = expectations
        found = FoundClaims(document)
    }

    /// The token's times, when every rule holds at `now` (seconds since 1970).
    func check(now: Double) throws(Rejection) -> TokenTimes {
        let times = try checkTimes(now: now)
        if let issuer = expectations.issuer {
            guard let index = found.issuer else { throw .claimMissing(.issuer) }
            guard document.isString(document.nodes[index], issuer) else { throw .issuerMismatch }
        }
        if let audience = expectations.audience { try checkAudience(audience) }
        if let profile = expectations.profile { try checkProfile(profile) }
        if let account = expectations.accountID { try checkAccount(account) }
        return times
    }

    private func checkTimes(now: Double) throws(Rejection) -> TokenTimes {
        guard let expiresAt = try date(found.expiration, .expiration) else { throw .claimMissing(.expiration) }
        guard let issuedAt = try date(found.issuedAt, .issuedAt) else { throw .claimMissing(.issuedAt) }
        // RFC 7519 section 4.1.4: not accepted "on or after" exp.
        guard now < expiresAt + expectations.leeway else { throw .expired }
        if let notBefore = try date(found.notBefore, .notBefore) {
            guard now >= notBefore - expectations.leeway else { throw .notYetValid }
        }
        guard issuedAt <= now + expectations.leeway else { throw .issuedInFuture }
        return TokenTimes(issuedAt: issuedAt, expiresAt: expiresAt)
    }

    /// A NumericDate (RFC 7519 section 2) up to the end of the year 9999.
    private func date(_ index: Int?, _ claim: Claim) throws(Rejection) -> Double? {
        guard let index else { return nil }
        guard let seconds = JSONValue(document: document, index: index).number, (0...253_402_300_799).contains(seconds)
        else { throw .claimMalformed(claim) }
        return seconds
    }

    private func checkAudience(_ audience: String) throws(Rejection) {
        guard let index = found.audience else { throw .claimMissing(.audience) }
        let value = JSONValue(document: document, index: index)
        guard let elements = value.string.map({ [$0] }) ?? strings(value.array) else {
            throw .claimMalformed(.audience)
        }
        // By bytes: equality of Swift strings is that of Unicode, which takes different spellings for the same.
        guard elements.contains(where: { $0.utf8.elementsEqual(audience.utf8) }) else { throw .audienceMismatch }
    }

    private func strings(_ values: [JSONValue]?) -> [String]? {
        guard let values else { return nil }
        let strings = values.compactMap(\.string)
        return strings.count == values.count ? strings : nil
    }

    private func checkProfile(_ profile: ExpectedProfile) throws(Rejection) {
        guard let index = found.iamID else { throw .claimMissing(.iamID) }
        guard let iamID = JSONValue(document: document, index: index).string else { throw .claimMalformed(.iamID) }
        let id: String
        switch profile {
        case .id(let expected):
            guard iamID.utf8.elementsEqual("iam-\(expected)".utf8) else { throw .profileMismatch(.iamID) }
            id = expected
        case .named(let name):
            // The name is all that ties the token to the profile that was asked for.
            guard found.name != nil else { throw .claimMissing(.name) }
            id = try Self.profileID(iamID)
            try require(found.name, .name, toBe: name)
        case .any:
            id = try Self.profileID(iamID)
        }
        try require(found.subject, .subject, toBe: id)
        try require(found.subjectType, .subjectType, toBe: "Profile")
        try require(found.identifier, .identifier, toBe: id)
    }

    /// The ID of whatever profile `iam_id` is about.
    private static func profileID(_ iamID: String) throws(Rejection) -> String {
        guard iamID.hasPrefix("iam-Profile-") else { throw .profileMismatch(.iamID) }
        return String(iamID.dropFirst("iam-".count))
    }

    /// These claims may be absent; when they are there, they must agree.
    private func require(_ index: Int?, _ claim: Claim, toBe expected: String) throws(Rejection) {
        guard let index else { return }
        guard document.isString(document.nodes[index], expected) else { throw .profileMismatch(claim) }
    }

    private func checkAccount(_ expected: String) throws(Rejection) {
        guard let index = found.account else { throw .claimMissing(.account) }
        let account = JSONValue(document: document, index: index)
        guard account.isObject, let id = account["bss"]?.string else { throw .claimMalformed(.account) }
        guard id.utf8.elementsEqual(expected.utf8) else { throw .accountMismatch }
        // `frozen` says nothing: healthy accounts carry true.
        guard account["valid"]?.bool == true else { throw .accountNotValid }
    }
}

/// The times a verified token carries, in seconds since 1970.
struct TokenTimes {
    let issuedAt: Double
    let expiresAt: Double
}

/// Where the claims that rules are about stand, found in one pass over the members.
private struct FoundClaims {
    var issuer: Int?
    var expiration: Int?
    var notBefore: Int?
    var issuedAt: Int?
    var audience: Int?
    var iamID: Int?
    var subject: Int?
    var subjectType: Int?
    var identifier: Int?
    var name: Int?
    var account: Int?

    init(_ document: JSONDocument) {
        let nodes = document.nodes
        var member = 1
        while member < nodes.count {
            let name = nodes[member]
            let value = member + 1
            switch Int(name.end - name.start) {
            case _ where name.isEscaped: record(value, document.string(name))
            case 3, 4, 6, 7, 8, 10: record(value, document, name)
            default: break
            }
            member = Int(nodes[value].next)
        }
    }

    private mutating func record(_ value: Int, _ document: JSONDocument, _ name: JSONDocument.Node) {
        if document.isString(name, "iss" as StaticString) {
            issuer = value
        } else if document.isString(name, "exp" as StaticString) {
            expiration = value
        } else if document.isString(name, "iat" as StaticString) {
            issuedAt = value
        } else if document.isString(name, "nbf" as StaticString) {
            notBefore = value
        } else if document.isString(name, "aud" as StaticString) {
            audience = value
        } else if document.isString(name, "sub" as StaticString) {
            subject = value
        } else if document.isString(name, "name" as StaticString) {
            self.name = value
        } else if document.isString(name, "iam_id" as StaticString) {
            iamID = value
        } else if document.isString(name, "account" as StaticString) {
            account = value
        } else if document.isString(name, "sub_type" as StaticString) {
            subjectType = value
        } else if document.isString(name, "identifier" as StaticString) {
            identifier = value
        }
    }

    private mutating func record(_ value: Int, _ name: String) {
        switch Claim(rawValue: name) {
        case .issuer: issuer = value
        case .expiration: expiration = value
        case .notBefore: notBefore = value
        case .issuedAt: issuedAt = value
        case .audience: audience = value
        case .iamID: iamID = value
        case .subject: subject = value
        case .subjectType: subjectType = value
        case .identifier: identifier = value
        case .name: self.name = value
        case .account: account = value
        case nil: break
        }
    }
}
