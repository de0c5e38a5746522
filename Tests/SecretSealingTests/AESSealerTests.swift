import BrokerTesting
import JOSE
import KeyRotation
import SecretSealing
import Testing

/// What boxes promise.
@Suite struct AESSealerTests {
    @Test func itIsAValueSealer() throws {
        let key = try SealingKey.random()
        try checkConformance(
            of: try AESSealer(key),
            reopened: { try AESSealer(key) },
            other: try AESSealer(.random())
        )
    }

    @Test func theFakeIsAValueSealer() throws {
        let sealer = ScriptedSealer()
        try checkConformance(of: sealer, reopened: { sealer }, other: ScriptedSealer())
    }

    @Test func theFakeFailsAsItIsTold() throws {
        let sealer = ScriptedSealer(failure: SealError("no key"))
        #expect(throws: SealError("no key")) { try sealer.seal(Redacted([1]), for: "a") }
        sealer.fail(nil)
        let box = try sealer.seal(Redacted([1]), for: "a")
        sealer.fail(SealError("no memory"))
        #expect(throws: SealError("no memory")) { try sealer.open(box, for: "a") }
    }

    /// An operator who put back the wrong key file can still do something; one whose box was changed cannot.
    @Test func aWrongKeyIsToldApartFromAChangedBox() throws {
        let sealer = try AESSealer(.random())
        let box = try sealer.seal(Redacted([1, 2, 3]), for: "a")
        let wrongKey = #expect(throws: SealError.self) { try AESSealer(.random()).open(box, for: "a") }
        #expect(wrongKey?.message.contains("another sealing key") == true)
        var changed = box
        changed[box.count - 1] ^= 1
        for (box, text) in [
            (changed, "was changed"), ([2] + box.dropFirst(), "version 2"), (Array(box.prefix(36)), "it has 36 bytes"),
        ] {
            let error = #expect(throws: SealError.self) { try sealer.open(box, for: "a") }
            #expect(error?.message.contains(text) == true, "\(error?.message ?? "")")
        }
    }

    @Test func aBoxHas37BytesMoreThanItsValue() throws {
        let sealer = try AESSealer(.random())
        for length in [0, 1, 15, 16, 17, 4_096] {
            let box = try sealer.seal(Redacted([UInt8](repeating: 1, count: length)), for: "a")
            #expect(box.count == length + 37)
        }
    }

    @Test func noNonceIsUsedTwice() throws {
        let sealer = try AESSealer(.random())
        let nonces = try (1...2_000).map { _ in try sealer.seal(Redacted([]), for: "").dropFirst(9).prefix(12) }
        #expect(Set(nonces).count == 2_000)
    }

    @Test func aValueWithoutEndIsRefused() throws {
        let sealer = try AESSealer(.random())
        let value = [UInt8](repeating: 0, count: AESSealer.longestValue)
        #expect(try sealer.open(try sealer.seal(Redacted(value), for: "a"), for: "a").exposed == value)
        #expect(throws: SealError.self) { try sealer.seal(Redacted(value + [0]), for: "a") }
    }
}
