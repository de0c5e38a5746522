import JOSE
import Testing

@Suite struct ClaimExpectationTests {
    private static func rejection(
        _ changes: [String: String?],
        _ change: (inout TokenExpectations) -> Void = { $0 = ProfileToken.expectations() }
    ) throws -> Rejection? {
        var expectations = TokenExpectations()
        change(&expectations)
        return try ProfileToken.rejection(ProfileToken.claims(changes), expecting: expectations)
    }

    @Test func whatIsNotExpectedIsNotChecked() throws {
        #expect(
            try Self.rejection(["iss": "1", "aud": "1", "iam_id": "1", "sub": "1", "account": "1"]) { _ in } == nil
        )
        #expect(try ProfileToken.rejection(#"{"exp":1788260400,"iat":1788256800}"#) == nil)
    }

    @Test(
        arguments: [
            ("https://iam.cloud.ibm.com/identity", nil), ("https://iam.cloud.ibm.com/identity/", .issuerMismatch),
            ("https://IAM.cloud.ibm.com/identity", .issuerMismatch), ("https://iam.cloud.ibm.com", .issuerMismatch),
            ("http://iam.cloud.ibm.com/identity", .issuerMismatch),
            ("https://iam.test.cloud.ibm.com/identity", .issuerMismatch),
            ("", .issuerMismatch), (" https://iam.cloud.ibm.com/identity", .issuerMismatch),
            ("https:\\/\\/iam.cloud.ibm.com\\/identity", nil),
            ("https://iam.cloud.ibm.com/identity\\u0000", .issuerMismatch),
        ] as [(String, Rejection?)]
    )
    func theIssuerIsExact(issuer: String, expected: Rejection?) throws {
        #expect(try Self.rejection(["iss": "\"\(issuer)\""]) == expected)
    }

    @Test func theIssuerIsComparedByBytes() throws {
        #expect(try Self.rejection(["iss": "\"e\u{301}\""]) { $0.issuer = "\u{E9}" } == .issuerMismatch)
        #expect(try Self.rejection(["iss": #""e\u0301""#]) { $0.issuer = "\u{E9}" } == .issuerMismatch)
        #expect(try Self.rejection(["iss": #""\u00e9""#]) { $0.issuer = "\u{E9}" } == nil)
    }

    @Test(arguments: ["null", "1", "true", "{}", #"["https://iam.cloud.ibm.com/identity"]"#])
    func anIssuerOfAnotherKindIsRefused(value: String) throws {
        let rejection = try Self.rejection(["iss": value])
        #expect([.issuerMismatch, .claimMalformed(.issuer)].contains(rejection))
    }

    @Test func theIssuerIsRequiredWhenExpected() throws {
        #expect(try Self.rejection(["iss": nil]) == .claimMissing(.issuer))
    }

    @Test(
        arguments: [
            (nil, .claimMissing(.audience)), (#""a""#, nil), (#"["a"]"#, nil), (#"["b","a"]"#, nil),
            (#"["b","c","\u0061"]"#, nil),
            (#""b""#, .audienceMismatch), ("[]", .audienceMismatch), (#"["b"]"#, .audienceMismatch),
            (#""""#, .audienceMismatch),
            (#""A""#, .audienceMismatch), (#""a ""#, .audienceMismatch), (#""ab""#, .audienceMismatch),
            (#"["ab","b a"]"#, .audienceMismatch),
            ("null", .claimMalformed(.audience)), ("1", .claimMalformed(.audience)), ("{}", .claimMalformed(.audience)),
            (#"{"a":"a"}"#, .claimMalformed(.audience)), (#"["a",1]"#, .claimMalformed(.audience)),
            (#"[["a"]]"#, .claimMalformed(.audience)),
            (#"["a",null]"#, .claimMalformed(.audience)),
        ] as [(String?, Rejection?)]
    )
    func theAudienceIsOneOfThoseNamed(audience: String?, expected: Rejection?) throws {
        #expect(try Self.rejection(["aud": audience]) { $0.audience = "a" } == expected)
    }

    /// RFC 7519 section 2: a StringOrURI is compared without transformation or canonicalisation.
    @Test(arguments: ["\"e\u{301}\"", #""e\u0301""#, "[\"b\",\"e\u{301}\"]"])
    func theAudienceIsComparedByBytes(audience: String) throws {
        #expect(try Self.rejection(["aud": audience]) { $0.audience = "\u{E9}" } == .audienceMismatch)
        #expect(try Self.rejection(["aud": audience]) { $0.audience = "e\u{301}" } == nil)
    }

    private static let otherID = "Profile-00000000-8b4e-4d7f-9a6c-0e1b2d3f4a5b"

    @Test(arguments: [
        ("iam_id", "iam-\(otherID)", Claim.iamID), ("iam_id", ProfileToken.profileID, .iamID), ("iam_id", "", .iamID),
        ("iam_id", "IBMid-\(ProfileToken.profileID)", .iamID), ("iam_id", "iam-iam-\(ProfileToken.profileID)", .iamID),
        ("iam_id", "iam-ServiceId-5f2d1c3a-8b4e-4d7f-9a6c-0e1b2d3f4a5b", .iamID), ("iam_id", "iam-", .iamID),
        ("iam_id", "iam-Profile-", .iamID), ("iam_id", "iam-\(ProfileToken.profileID)0", .iamID),
        ("iam_id", "IAM-\(ProfileToken.profileID)", .iamID), ("iam_id", "iam-\(ProfileToken.profileID)\\u0000", .iamID),
        ("iam_id", "iam-\(ProfileToken.profileID)\\u0301", .iamID),
        ("iam_id", "\\u0301iam-\(ProfileToken.profileID)", .iamID),
        ("sub", otherID, .subject), ("sub", "", .subject), ("sub", "iam-\(ProfileToken.profileID)", .subject),
        ("sub_type", "ServiceId", .subjectType), ("sub_type", "profile", .subjectType), ("sub_type", "", .subjectType),
        ("sub_type", "Profile ", .subjectType), ("identifier", otherID, .identifier), ("identifier", "", .identifier),
    ])
    func aTokenForAnotherProfileIsRefused(name: String, value: String, claim: Claim) throws {
        #expect(try Self.rejection([name: "\"\(value)\""]) == .profileMismatch(claim))
    }

    @Test(arguments: [("sub", Claim.subject), ("sub_type", .subjectType), ("identifier", .identifier)])
    func claimsThatNameTheProfileAgainMayBeAbsentButNotOfAnotherKind(name: String, claim: Claim) throws {
        #expect(try Self.rejection([name: nil]) == nil)
        for value in ["null", "1", "[]", #"["\#(ProfileToken.profileID)"]"#] {
            let rejection = try Self.rejection([name: value])
            #expect([.profileMismatch(claim), .claimMalformed(claim)].contains(rejection))
        }
    }

    @Test func theIAMIDIsRequired() throws {
        #expect(try Self.rejection(["iam_id": nil]) == .claimMissing(.iamID))
        for value in ["null", "1", "[]", "{}"] {
            #expect(try Self.rejection(["iam_id": value]) == .claimMalformed(.iamID))
        }
    }

    @Test func anyProfileIsStillAProfile() throws {
        let any: (inout TokenExpectations) -> Void = { $0.profile = .any }
        #expect(try Self.rejection([:], any) == nil)
        #expect(try Self.rejection(["sub": nil, "sub_type": nil, "identifier": nil], any) == nil)
        #expect(try Self.rejection(["iam_id": #""IBMid-50""#], any) == .profileMismatch(.iamID))
        #expect(try Self.rejection(["iam_id": #""iam-ServiceId-1""#], any) == .profileMismatch(.iamID))
        #expect(try Self.rejection(["sub": "\"\(Self.otherID)\""], any) == .profileMismatch(.subject))
        #expect(try Self.rejection(["iam_id": nil], any) == .claimMissing(.iamID))
    }

    @Test(
        arguments: [
            (#""reports""#, nil), (#""Reports""#, .profileMismatch(.name)), (#""""#, .profileMismatch(.name)),
            ("1", .profileMismatch(.name)),
        ]
            as [(String, Rejection?)]
    )
    func aNamedProfileHasThatName(name: String, expected: Rejection?) throws {
        #expect(try Self.rejection(["name": name]) { $0.profile = .named("reports") } == expected)
    }

    /// Nothing but its name ties the token to the expected profile: without one it could be any profile's.
    @Test func aNamedProfileWithoutANameIsRefused() throws {
        #expect(try Self.rejection(["name": nil]) { $0.profile = .named("reports") } == .claimMissing(.name))
    }

    @Test(
        arguments: [
            (#"{"valid":true,"bss":"\#(ProfileToken.accountID)"}"#, nil),
            (#"{"valid":true,"bss":"\#(ProfileToken.accountID)","frozen":false}"#, nil),
            (#"{"valid":true,"bss":"\#(ProfileToken.accountID)","frozen":null}"#, nil),
            (#"{"bss":"\#(ProfileToken.accountID)","valid":false}"#, .accountNotValid),
            (#"{"bss":"\#(ProfileToken.accountID)"}"#, .accountNotValid),
            (#"{"bss":"\#(ProfileToken.accountID)","valid":null}"#, .accountNotValid),
            (#"{"bss":"\#(ProfileToken.accountID)","valid":"true"}"#, .accountNotValid),
            (#"{"bss":"\#(ProfileToken.accountID)","valid":1}"#, .accountNotValid),
            (#"{"valid":true,"bss":"other"}"#, .accountMismatch), (#"{"valid":false,"bss":"other"}"#, .accountMismatch),
            (#"{"valid":true,"bss":""}"#, .accountMismatch),
            (#"{"valid":true,"bss":"\#(ProfileToken.accountID.uppercased())"}"#, .accountMismatch),
            (#"{"valid":true,"x":{"bss":"\#(ProfileToken.accountID)"}}"#, .claimMalformed(.account)),
            (#"{"valid":true}"#, .claimMalformed(.account)), (#"{"valid":true,"bss":1}"#, .claimMalformed(.account)),
            ("{}", .claimMalformed(.account)), ("null", .claimMalformed(.account)), ("[]", .claimMalformed(.account)),
            (#""\#(ProfileToken.accountID)""#, .claimMalformed(.account)), (nil, .claimMissing(.account)),
        ] as [(String?, Rejection?)]
    )
    func theAccountMustBeTheExpectedOneAndValid(account: String?, expected: Rejection?) throws {
        #expect(try Self.rejection(["account": account]) == expected)
    }

    @Test func theFirstRuleBrokenIsNamed() throws {
        let all: [String: String?] = [
            "exp": "1", "nbf": "2788260400", "iat": "2788260400", "iss": #""x""#, "iam_id": #""x""#,
            "account": #"{"bss":"x"}"#,
        ]
        let order: [(String, Rejection)] = [
            ("exp", .expired), ("nbf", .notYetValid), ("iat", .issuedInFuture), ("iss", .issuerMismatch),
            ("aud", .claimMissing(.audience)),
            ("iam_id", .profileMismatch(.iamID)), ("account", .accountMismatch),
        ]
        let good = [
            "exp": "1788260400", "iat": "1788256800", "nbf": "0", "iss": "\"\(ProfileToken.issuer)\"", "aud": #""a""#,
        ]
        var broken = all
        for (name, rejection) in order {
            #expect(
                try Self.rejection(broken) {
                    $0 = ProfileToken.expectations()
                    $0.audience = "a"
                } == rejection
            )
            if let text = good[name] {
                broken[name] = text
            } else {
                broken.removeValue(forKey: name)
            }
        }
    }
}
