import Foundation
import IBMCloud
import Testing
import TokenBroker

/// The spellings of dates, seen through the answers that carry them.
@Suite struct TimestampTests {
    @Test(arguments: [
        ("2026-09-01T10:00:01Z", 1_788_256_801.0),
        ("2026-09-01T10:00:01.5Z", 1_788_256_801.5),
        ("2026-09-01T10:00:01.250000000Z", 1_788_256_801.25),
        ("2028-02-29T00:00:00Z", 1_835_395_200),
        ("2100-03-01T00:00:00Z", 4_107_542_400),
        ("9999-12-31T23:59:59Z", 253_402_300_799),
    ])
    func aTimestampIsReadExactly(text: String, seconds: Double) async throws {
        try await World.withServer(Self.answer(text), requireNonce: false) { client, _ in
            let token = try await client.vpcIdentity.identityToken()
            #expect(token.expiresAt == Date(timeIntervalSince1970: seconds))
        }
    }

    @Test(arguments: [
        "", "2026-09-01", "2026-09-01T10:00:01", "2026-09-01T10:00:01+00:00", "2026-09-01t10:00:01z",
        "2026-09-01 10:00:01Z", "2026-13-01T10:00:01Z", "2026-00-01T10:00:01Z", "2026-02-29T10:00:01Z",
        "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-09-00T10:00:01Z", "2026-09-01T24:00:00Z",
        "2026-09-01T10:60:00Z", "2026-12-31T23:59:60Z", "2026-09-01T10:00:01.Z", "2026-09-01T10:00:01.1234567890Z",
        "2026-09-01T10:00:01,5Z", "2026-09-01T10:00:01.5xZ", "1969-12-31T23:59:59Z", "+2026-9-1T10:00:01Z",
        "2026-09-01T10:00:01ZZ",
    ])
    func anotherSpellingIsRefused(text: String) async throws {
        try await World.withServer(Self.answer(text), requireNonce: false) { client, _ in
            let error = try await World.failure { try await client.vpcIdentity.identityToken() }
            #expect(error.code == .malformedAnswer)
            #expect(error.message.contains("expires_at"))
        }
    }

    private static func answer(_ expiresAt: String) -> Reply {
        .json(200, #"{"access_token":"opaque","expires_at":"\#(expiresAt)"}"#)
    }
}
