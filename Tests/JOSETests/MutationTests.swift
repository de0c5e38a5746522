import JOSE
import Testing

/// Inputs nobody would think of, the same on every run.
@Suite struct MutationTests {
    @Test(arguments: [SignatureAlgorithm.rs256, .ps256, .es256, .edDSA])
    func everyChangeOfOneBitIsRefused(algorithm: SignatureAlgorithm) throws {
        let key = try SharedKeys.key(algorithm)
        let keys = try SharedKeys.set(key)
        var expectations = ProfileToken.expectations()
        expectations.algorithms = Set(SignatureAlgorithm.allCases)
        let bytes = Array(try key.token(claims: ProfileToken.claims()).utf8)
        for position in bytes.indices {
            for bit in 0..<7 {
                var changed = bytes
                changed[position] ^= 1 << UInt8(bit)
                let token = String(decoding: changed, as: UTF8.self)
                #expect(
                    ProfileToken.rejection(ofToken: token, keys, expectations) != nil,
                    "byte \(position), bit \(bit)"
                )
            }
        }
    }

    @Test func everyByteReplacedRemovedOrRepeatedIsRefused() throws {
        let key = try SharedKeys.key()
        let keys = try SharedKeys.set(key)
        let bytes = Array(try key.token(claims: ProfileToken.claims()).utf8)
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=".utf8)
        var generator = SeededGenerator(seed: 1)
        for position in bytes.indices {
            var replaced = bytes
            replaced[position] = alphabet.filter { $0 != bytes[position] }.randomElement(using: &generator) ?? 0
            var removed = bytes
            removed.remove(at: position)
            var repeated = bytes
            repeated.insert(bytes[position], at: position)
            for changed in [replaced, removed, repeated, Array(bytes[..<position])] {
                let token = String(decoding: changed, as: UTF8.self)
                #expect(ProfileToken.rejection(ofToken: token, keys) != nil, "byte \(position)")
            }
        }
    }

    /// Whatever is accepted can be walked through, and its own text is accepted again.
    @Test func theJSONParserSurvivesByteSoup() {
        let pieces = [
            "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u", "\\ud834\\udd1e", "\\ud800", "0", "-", "1.5", "e9", "true",
            "null", "\"a\"", "\"b\":",
            " ", "\n", "\0", "é", "\u{FEFF}", "{\"a\":1}", "[1,2]", "\"\\u0061\":", "1e999", "[[", "]]",
        ]
        .map { Array($0.utf8) }
        var generator = SeededGenerator(seed: 2)
        var accepted = 0
        for round in 0..<20_000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...12, using: &generator) {
                // One part in ten is any byte at all.
                if Int.random(in: 0..<10, using: &generator) == 0 {
                    bytes.append(UInt8.random(in: 0...255, using: &generator))
                } else {
                    bytes += pieces.randomElement(using: &generator) ?? []
                }
            }
            guard let document = try? JSONDocument(parsing: bytes) else { continue }
            accepted += 1
            let text = document.root.text
            #expect(
                Self.count(document.root) == (try? JSONDocument(parsing: text)).map { Self.count($0.root) },
                "round \(round)"
            )
            #expect(String(validating: bytes, as: UTF8.self)?.contains(text) == true, "round \(round)")
        }
        #expect((100..<19_000).contains(accepted))
    }

    /// Changes to an acceptable text: refused, or accepted and walked through.
    @Test func theJSONParserSurvivesDamagedText() {
        let text = Array(#"{"a":[1,-2.5e3,true,null,"\u00e9\ud834\udd1e\n",{"é":{}}],"b":{"c":[]},"\u0064":"😀"}"#.utf8)
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<20_000 {
            var bytes = text
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let position = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[position] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: position)
                case 2: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &generator)], at: position)
                default: bytes.removeSubrange(position...)
                }
                if bytes.isEmpty { break }
            }
            guard let document = try? JSONDocument(parsing: bytes) else { continue }
            #expect(Self.count(document.root) >= 1)
            #expect(String(validating: bytes, as: UTF8.self) != nil)
        }
    }

    @Test func theTokenParserSurvivesByteSoup() throws {
        let key = try SharedKeys.key()
        let keys = try SharedKeys.set(key)
        let genuine = try key.token(claims: ProfileToken.claims())
        let parts = genuine.split(separator: ".").map { Array($0.utf8) }
        let pieces =
            parts + [".", ".", "..", "e30", "e30.e30.", "=", "A", "eyJhbGciOiJSUzI1NiJ9", " "].map { Array($0.utf8) }
        var generator = SeededGenerator(seed: 4)
        var refused = 0
        var accepted = 0
        for _ in 0..<20_000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...6, using: &generator) {
                bytes += pieces.randomElement(using: &generator) ?? []
                if Int.random(in: 0..<8, using: &generator) == 0 {
                    bytes.append(UInt8.random(in: 0...255, using: &generator))
                }
            }
            let token = String(decoding: bytes, as: UTF8.self)
            if ProfileToken.rejection(ofToken: token, keys) == nil {
                accepted += 1
                #expect(token == genuine)
            } else {
                refused += 1
            }
        }
        #expect(refused + accepted == 20_000)
        #expect(refused > 19_000)
    }

    /// How many values there are in `value`, each of them read.
    private static func count(_ value: JSONValue) -> Int {
        _ = (value.string, value.number, value.integer, value.bool, value.text)
        let members = value.members ?? []
        return 1 + (value.array ?? []).map(count).reduce(0, +) + members.map { count($0.value) }.reduce(0, +)
    }
}
