import BrokerAPI
import FoundationEssentials
import Testing

@testable import BrokerCommands

@Suite struct StatusCertificateTests {
    @Test func certificatesHaveATableOfTheirOwn() {
        let fresh = StatusResponse.Certificate(
            name: "share",
            state: "fresh",
            serial: "0A",
            expiresAt: 1,
            expiresIn: 3_600,
            nextAttemptIn: 61,
            lastError: nil
        )
        let absent = StatusResponse.Certificate(
            name: "a\u{1B}b",
            state: "absent",
            serial: nil,
            expiresAt: nil,
            expiresIn: nil,
            nextAttemptIn: 0,
            lastError: "no\nkey"
        )
        let text = StatusTable(
            StatusResponse(version: "1", profiles: [], keyIDs: [], certificates: [fresh, absent]),
            now: Date()
        )
        .text
        #expect(
            text.hasSuffix(
                """

                CERTIFICATE  STATE   EXPIRES IN  NEXT ATTEMPT  SERIAL
                share        fresh   1h 0m       1m 1s         0A
                a\\u{1b}b     absent  -           0s            -
                a\\u{1b}b: no\\u{a}key

                """
            ),
            "\(text)"
        )
    }
}
