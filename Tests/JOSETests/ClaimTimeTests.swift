import FoundationEssentials
import JOSE
import Testing

@Suite struct ClaimTimeTests {
    private static func rejection(
        _ changes: [String: String?],
        leeway: TimeInterval = 0,
        at now: Double = ProfileToken.now
    ) throws
        -> Rejection?
    {
        var expectations = TokenExpectations()
        expectations.leeway = leeway
        return try ProfileToken.rejection(ProfileToken.claims(changes), expecting: expectations, at: now)
    }

    /// `exp`, `iat` and `nbf` relative to now, the leeway, and the answer.
    @Test(
        arguments: [
            (1, 0, nil), (0, 0, .expired), (-1, 0, .expired),
            (-59, 60, nil), (-60, 60, .expired), (-61, 60, .expired), (3_600, 60, nil),
        ] as [(Int, Int, Rejection?)]
    )
    func aTokenExpiresAtItsExpiry(offset: Int, leeway: Int, expected: Rejection?) throws {
        let exp = "\(Int(ProfileToken.now) + offset)"
        #expect(try Self.rejection(["exp": exp, "iat": "0"], leeway: TimeInterval(leeway)) == expected)
    }

    @Test(
        arguments: [
            (-1, 0, nil), (0, 0, nil), (1, 0, .notYetValid), (60, 60, nil), (61, 60, .notYetValid), (59, 60, nil),
        ] as [(Int, Int, Rejection?)]
    )
    func aTokenBecomesValidAtItsNotBefore(offset: Int, leeway: Int, expected: Rejection?) throws {
        let nbf = "\(Int(ProfileToken.now) + offset)"
        #expect(try Self.rejection(["nbf": nbf], leeway: TimeInterval(leeway)) == expected)
    }

    @Test(
        arguments: [
            (-1, 0, nil), (0, 0, nil), (1, 0, .issuedInFuture), (60, 60, nil), (61, 60, .issuedInFuture), (59, 60, nil),
        ] as [(Int, Int, Rejection?)]
    )
    func aTokenIsNotIssuedInTheFuture(offset: Int, leeway: Int, expected: Rejection?) throws {
        let iat = "\(Int(ProfileToken.now) + offset)"
        #expect(try Self.rejection(["iat": iat], leeway: TimeInterval(leeway)) == expected)
    }

    @Test func fractionsOfASecondCount() throws {
        let now = Int(ProfileToken.now)
        #expect(try Self.rejection(["exp": "\(now).5"]) == nil)
        #expect(try Self.rejection(["exp": "\(now).5"], at: ProfileToken.now + 0.25) == nil)
        #expect(try Self.rejection(["exp": "\(now).5"], at: ProfileToken.now + 0.5) == .expired)
        #expect(try Self.rejection(["nbf": "\(now).5"], at: ProfileToken.now + 0.25) == .notYetValid)
        #expect(try Self.rejection(["nbf": "\(now).5"], at: ProfileToken.now + 0.5) == nil)
        #expect(try Self.rejection(["iat": "\(now).5"], at: ProfileToken.now + 0.25) == .issuedInFuture)
    }

    @Test(arguments: [("exp", Claim.expiration), ("iat", .issuedAt)])
    func expiryAndIssueAreRequired(name: String, claim: Claim) throws {
        #expect(try Self.rejection([name: nil]) == .claimMissing(claim))
        #expect(try Self.rejection([name: nil, name.uppercased(): "1788260400"]) == .claimMissing(claim))
        #expect(try Self.rejection([name: nil, "x": #"{"\#(name)":1788260400}"#]) == .claimMissing(claim))
    }

    @Test func notBeforeMayBeAbsent() throws {
        #expect(try Self.rejection(["nbf": nil]) == nil)
    }

    @Test(
        arguments: [("exp", Claim.expiration), ("iat", .issuedAt), ("nbf", .notBefore)],
        [
            "null", #""1788260400""#, #""""#, "true", "[]", "[1788260400]", "{}", "-1", "-0.001", "-1788260400",
            "1e400", "-1e400",
            "253402300800", "1e12", "9223372036854775807", "9223372036854775808", "18446744073709551616", "1e308",
        ]
    )
    func aDateIsANumberInRange(claim: (name: String, claim: Claim), value: String) throws {
        #expect(try Self.rejection([claim.name: value]) == .claimMalformed(claim.claim))
    }

    @Test(arguments: [
        "253402300799", "1.7882604e9", "17882604e2", "1788260400.0", "1788260400.999", "1788260400e0",
        "178826040000E-2",
    ])
    func aDateMayBeSpeltAsAnyNumber(exp: String) throws {
        #expect(try Self.rejection(["exp": exp]) == nil)
    }

    @Test(arguments: ["0", "-0", "0.0", "0e9"])
    func timeBeginsIn1970(start: String) throws {
        #expect(try Self.rejection(["iat": start, "nbf": start]) == nil)
        #expect(try Self.rejection(["exp": start]) == .expired)
    }

    @Test func aNameInEscapesIsTheSameClaim() throws {
        #expect(try Self.rejection(["exp": nil, "\\u0065xp": "1788260400"]) == nil)
        #expect(try Self.rejection(["exp": nil, "e\\u0078p": "1"]) == .expired)
        #expect(try Self.rejection(["n\\u0062f": "1788260399"]) == .notYetValid)
    }

    @Test func aTimeThatIsNotANumberAcceptsNothing() throws {
        #expect(try Self.rejection([:], at: .nan) == .expired)
        #expect(try Self.rejection([:], at: .infinity) == .expired)
        #expect(try Self.rejection([:], at: -.infinity) == .issuedInFuture)
        #expect(try Self.rejection([:], leeway: .nan) == .expired)
    }

    @Test func anAcceptedTokenSaysItsTimes() throws {
        let key = try SharedKeys.key()
        let token = UnverifiedToken(compact: try key.token(claims: ProfileToken.claims()))
        let now = Date(timeIntervalSince1970: ProfileToken.now)
        let verdict = TokenVerifier(ProfileToken.expectations()).verify(token, with: try SharedKeys.set(key), now: now)
        guard case .accept(let verified) = verdict else {
            Issue.record("a genuine token was not accepted")
            return
        }
        #expect(verified.issuedAt == Date(timeIntervalSince1970: 1_788_256_800))
        #expect(verified.expiresAt == Date(timeIntervalSince1970: 1_788_260_400))
        #expect(verified.verifiedAt == now)
        #expect(verified.lifetime == 3_600)
        #expect(verified.claims.root["iss"]?.string == ProfileToken.issuer)
    }
}
