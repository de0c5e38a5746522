import KeyRotation
import Testing

@testable import SecretSealing

/// Known answers: test vectors of NIST's CAVP for AES-256 with nonces of 96 bits, and of the specification of GCM.
@Suite struct AESGCMTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        let name: String
        let key: String
        let nonce: String
        let plain: String
        let authenticated: String
        let sealed: String
        let tag: String
        var testDescription: String { name }
    }

    private static let vectors = [
        Vector(
            name: "gcmEncryptExtIV256, no value",
            key: "b52c505a37d78eda5dd34f20c22540ea1b58963cf8e5bf8ffa85f9f2492505b4",
            nonce: "516c33929df5a3284ff463d7",
            plain: "",
            authenticated: "",
            sealed: "",
            tag: "bdc1ac884d332457a1d2664f168c76f0"
        ),
        Vector(
            name: "gcmEncryptExtIV256, one block",
            key: "31bdadd96698c204aa9ce1448ea94ae1fb4a9a0b3c9d773b51bb1822666b8f22",
            nonce: "0d18e06c7c725ac9e362e1ce",
            plain: "2db5168e932556f8089a0622981d017d",
            authenticated: "",
            sealed: "fa4362189661d163fcd6a56d8bf0405a",
            tag: "d636ac1bbedd5cc3ee727dc2ab4a9489"
        ),
        Vector(
            name: "GCM specification, test case 13",
            key: String(repeating: "0", count: 64),
            nonce: String(repeating: "0", count: 24),
            plain: "",
            authenticated: "",
            sealed: "",
            tag: "530f8afbc74536b9a963b4f1c4cb738b"
        ),
        Vector(
            name: "GCM specification, test case 14",
            key: String(repeating: "0", count: 64),
            nonce: String(repeating: "0", count: 24),
            plain: String(repeating: "0", count: 32),
            authenticated: "",
            sealed: "cea7403d4d606b6e074ec5d3baf39d18",
            tag: "d0d1c8a799996bf0265b98b5d48ab919"
        ),
        Vector(
            name: "GCM specification, test case 16",
            key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            nonce: "cafebabefacedbaddecaf888",
            plain: "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525"
                + "b16aedf5aa0de657ba637b39",
            authenticated: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            sealed: "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838"
                + "c5f61e6393ba7a0abcc9f662",
            tag: "76fc6ece0f4e1768cddf8853bb2d551b"
        ),
    ]

    @Test(arguments: vectors)
    func knownAnswers(_ vector: Vector) throws {
        let key = try key(vector.key)
        let (nonce, plain) = (bytes(vector.nonce), bytes(vector.plain))
        let (authenticated, sealed) = (bytes(vector.authenticated), bytes(vector.sealed) + bytes(vector.tag))
        #expect(try AESGCM.encrypt(plain, key: key, nonce: nonce, authenticated: authenticated) == sealed)
        #expect(try AESGCM.decrypt(sealed, key: key, nonce: nonce, authenticated: authenticated) == plain)
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 0x80
            #expect(try AESGCM.decrypt(changed, key: key, nonce: nonce, authenticated: authenticated) == nil)
        }
        #expect(try AESGCM.decrypt(sealed, key: key, nonce: nonce, authenticated: authenticated + [0]) == nil)
    }

    @Test func aNonceOfAnotherLengthIsRefused() throws {
        let key = try SealingKey.random()
        for length in [0, 11, 13, 16] {
            let nonce = [UInt8](repeating: 0, count: length)
            #expect(throws: AESGCM.Unavailable.self) {
                try AESGCM.encrypt([], key: key, nonce: nonce, authenticated: [])
            }
        }
    }

    private func key(_ text: String) throws -> SealingKey {
        let bytes = bytes(text)
        try #require(bytes.count == SealingKey.length)
        return SealingKey { span in
            for (index, byte) in bytes.enumerated() { span.storeBytes(of: byte, toByteOffset: index, as: UInt8.self) }
        }
    }

    private func bytes(_ text: String) -> [UInt8] {
        let digits = text.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
    }
}
