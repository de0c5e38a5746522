import JOSE
import Testing

@Suite struct Base64URLTests {
    @Test(arguments: 0...70)
    func bytesOfEveryLengthComeBack(count: Int) {
        var generator = SeededGenerator(seed: UInt64(count))
        let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let text = Base64URL.encode(bytes)
        #expect(text.utf8.count == (count * 4 + 2) / 3)
        #expect(Base64URL.decode(text) == bytes)
    }

    @Test func everyByteValueComesBackInEveryPosition() {
        for value in UInt8.min...UInt8.max {
            for position in 0..<3 {
                var bytes: [UInt8] = [0, 0, 0]
                bytes[position] = value
                #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
            }
        }
    }

    // RFC 4648 section 10, without padding; the last row has both characters that differ from base64.
    @Test(arguments: [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
        ("foobar", "Zm9vYmFy"), ("~~~???", "fn5-Pz8_"),
    ])
    func textIsSpeltAsTheStandardSays(plain: String, encoded: String) {
        #expect(Base64URL.encode(Array(plain.utf8)) == encoded)
        #expect(Base64URL.decode(encoded) == Array(plain.utf8))
    }

    @Test(arguments: [
        "A", "AAAAA", "Zg==", "Zg=", "Zm8=", "Zm9v=", "=", "====", "Zm9v====",
        "+_-A", "A/AA", "++//", "Zm+v", "Zm9/",
        " Zm9v", "Zm9v ", "Zm 9v", "Zm9v\n", "Zm9v\r\n", "\tZm9", "Zm9v\u{0B}", "Zm\n9",
        "Zm9\u{0}", "\u{0}m9v", "Zm9v\u{0}", "\u{0}", "\u{0}\u{0}\u{0}\u{0}",
        "Zm9.", "Zm9,", "Zm9*", "Zm9@", "Zm9[", "Zm9`", "Zm9{", "Zm9\u{7F}",
        "Zmé", "é", "éé", "Ａ", "ＡＡ", "AA\u{301}", "\u{1F600}",
    ])
    func otherTextIsRefused(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test func trailingBitsMustBeZero() {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        for (value, character) in alphabet.enumerated() {
            #expect((Base64URL.decode("A\(character)") != nil) == (value % 16 == 0), "two characters, \(value)")
            #expect((Base64URL.decode("AA\(character)") != nil) == (value % 4 == 0), "three characters, \(value)")
            #expect(Base64URL.decode("AAA\(character)") == [0, 0, UInt8(value)])
            #expect((Base64URL.decode("AAAAA\(character)") != nil) == (value % 16 == 0), "six characters, \(value)")
        }
    }

    @Test func onlyTheAlphabetDecodesAtEveryPosition() {
        let alphabet = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        for byte in UInt8.min..<0x80 {
            for position in 0..<7 {
                var text = Array("AAAAAAA".utf8)
                text[position] = byte
                // The seventh character carries two unused bits.
                let isCanonical = position < 6 || "AEIMQUYcgkosw048".utf8.contains(byte)
                let decoded = Base64URL.decode(String(decoding: text, as: UTF8.self))
                #expect((decoded != nil) == (alphabet.contains(byte) && isCanonical), "\(byte) at \(position)")
            }
        }
    }
}
