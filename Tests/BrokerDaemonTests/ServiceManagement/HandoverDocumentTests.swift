import AccessPolicy
import BrokerTesting
import JOSE
import ServiceManager
import Testing
import TokenBroker

@testable import BrokerDaemon

@Suite struct HandoverDocumentTests {
    @Test func whatIsWrittenIsRead() throws {
        let handover = try Self.handover()
        let read = try #require(Self.parse(try Self.bytes(handover)))
        #expect(read.tokens.count == 2)
        for (read, written) in zip(read.tokens, handover.tokens) {
            #expect(read.profile == written.profile)
            #expect(read.reference == written.reference)
            #expect(read.token.compact == written.token.compact)
            #expect(read.obtainedAt == written.obtainedAt)
            #expect(read.endsAt == written.endsAt)
        }
        #expect(try #require(read.keys).source == handover.keys?.source)
        #expect(Self.parse(try Self.bytes(Handover(tokens: [], keys: nil)))?.tokens.isEmpty == true)
    }

    @Test func everyShorterDocumentIsNone() throws {
        let bytes = try Self.bytes(try Self.handover())
        for count in 0..<bytes.count { #expect(Self.parse(Array(bytes[..<count])) == nil) }
        #expect(Self.parse(bytes + [0]) == nil)
    }

    @Test func aProfileThatComesTwiceMakesNone() throws {
        let token = try Self.handover().tokens[0]
        #expect(Self.parse(try Self.bytes(Handover(tokens: [token, token], keys: nil))) == nil)
    }

    @Test func changedBytesNeverMakeTheReaderFail() throws {
        let bytes = try Self.bytes(try Self.handover())
        // Of most changes nothing can be told but that the reader survives them; verification comes after it.
        for index in bytes.indices {
            for value in [0x00, 0x7F, 0xFF] as [UInt8] {
                var changed = bytes
                changed[index] = value
                if let read = Self.parse(changed) { #expect(read.tokens.count <= 2) }
            }
        }
        // Of another version, an unknown record, a length that is too large, another set of keys.
        let line = "iam-broker token cache, version 1\n".utf8.count
        for (index, value) in [(line - 2, UInt8(ascii: "2")), (line, UInt8(ascii: "Q")), (line + 1, 0xFF)] {
            var changed = bytes
            changed[index] = value
            #expect(Self.parse(changed) == nil)
        }
    }

    @Test func instantsThatNoClockShowsMakeNone() throws {
        var token = try Self.handover().tokens[0]
        token = HandedToken(
            profile: token.profile,
            reference: token.reference,
            token: token.token,
            obtainedAt: .seconds(Int64.max),
            endsAt: token.endsAt
        )
        #expect(Self.parse(try Self.bytes(Handover(tokens: [token], keys: nil))) == nil)
    }

    private static func handover() throws -> Handover {
        let mint = try TokenMint()
        let tokens = try ["reports", "backups"].enumerated()
            .map { offset, name in
                HandedToken(
                    profile: try #require(ProfileName(name)),
                    reference: "id:\(mint.profileID)",
                    token: try mint.token(issuedAt: ManualTime.start),
                    obtainedAt: .nanoseconds(1_000_000_007 + offset),
                    endsAt: .seconds(3_600)
                )
            }
        return Handover(tokens: tokens, keys: try mint.keySet())
    }

    private static func bytes(_ handover: Handover) throws -> [UInt8] {
        try SealedMemory(name: "test", HandoverDocument.parts(handover)).withBytes { Array($0) }
    }

    private static func parse(_ bytes: [UInt8]) -> Handover? {
        bytes.withUnsafeBytes { HandoverDocument.handover(parsing: $0) }
    }
}
