import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import BrokerServer

/// The hot path may decline what the strict parser takes, and must never take anything else.
struct HotRequestAgreementTests {
    @Test func whateverIsRecognisedIsOneRequestForTheStrictParserToo() throws {
        var random = SeededGenerator(state: 0x1A2B_3C4D_5E6F_7081)
        var recognised = 0
        var altered = 0
        for _ in 0..<20_000 {
            let original = Self.originals[Int.random(in: 0..<Self.originals.count, using: &random)]
            let bytes = mutated(Array(original.utf8), &random)
            guard let query = HotRequest.recognise(ByteBuffer(bytes: bytes).readableBytesView) else { continue }
            recognised += 1
            if bytes != Array(original.utf8) { altered += 1 }
            let text = String(decoding: bytes, as: UTF8.self)
            let parts = try #require(strictParts(bytes), "the strict parser refuses \(text.debugDescription)")
            try #require(parts.count == 2, "\(text.debugDescription)")
            guard case .head(let head) = parts[0], case .end(nil) = parts[1] else {
                Issue.record("not one request without a body: \(text.debugDescription)")
                continue
            }
            #expect(head.method == .GET && head.version == .http1_1 && head.isKeepAlive)
            #expect(head.headers["host"].count == 1)
            let request = Request(head: head, body: [])
            #expect(request.path == "/v1/token")
            #expect((try? TokenQuery(parsing: request.query)) == query, "\(text.debugDescription)")
        }
        // Otherwise the property was hardly tried.
        #expect(recognised > 500)
        #expect(altered > 300)
    }

    /// What the strict parser makes of `bytes`; `nil` when it refuses them or keeps some.
    private func strictParts(_ bytes: [UInt8]) -> [HTTPServerRequestPart]? {
        let channel = EmbeddedChannel()
        do {
            try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
            try channel.writeInbound(ByteBuffer(bytes: bytes))
            var parts: [HTTPServerRequestPart] = []
            while let part = try channel.readInbound(as: HTTPServerRequestPart.self) { parts.append(part) }
            // At the end of input a parser that is inside of another message complains.
            guard try channel.finish().isClean else { return nil }
            return parts
        } catch {
            return nil
        }
    }

    private func mutated(_ original: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let position = Int.random(in: 0..<bytes.count, using: &random)
            let part = Self.parts[Int.random(in: 0..<Self.parts.count, using: &random)]
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[position] = UInt8.random(in: .min ... .max, using: &random)
            case 1: bytes[position] ^= 0x20
            case 2: bytes.insert(contentsOf: part.utf8, at: position)
            case 3: bytes.remove(at: position)
            case 4:
                let end = min(bytes.count, position + Int.random(in: 1...20, using: &random))
                bytes.insert(contentsOf: Array(bytes[position..<end]), at: position)
            default:
                let lineEnd = bytes.firstRange(of: Array("\r\n".utf8))?.upperBound ?? 0
                bytes.insert(contentsOf: part.utf8, at: lineEnd)
            }
            if bytes.isEmpty { return original }
        }
        return bytes
    }

    private static let originals = [
        hotRequest, get("/v1/token?min_ttl=60&profile=a", ["Accept: */*", "Connection: keep-alive"]),
        get("/v1/token?profile=reports", ["User-Agent: curl/7.88.1", "Accept-Encoding: gzip, deflate"]),
    ]

    private static let parts = [
        "\r\n", "\n", "\r", " ", ":", "\t", "\u{0}", "&", "=", "?", "#", "%41", "..", "Host: b\r\n", "Accept: c\r\n",
        "User-Agent: d\r\n", "Accept-Encoding: \r\n", "Connection: close\r\n", "Connection: keep-alive\r\n",
        "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n", "Upgrade: e\r\n", " f\r\n", "\r\n\r\n", "HTTP/1.1",
        "\u{17F}",
    ]
}

/// The generator of Sebastiano Vigna's SplitMix64: the same numbers in every run.
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
