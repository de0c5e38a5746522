import AccessPolicy
import NIOCore
import Testing

@testable import BrokerServer

struct HotRequestTests {
    private static let line = "GET /v1/token?profile=reports HTTP/1.1\r\n"

    @Test(arguments: [
        (line + "Host: localhost\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n", "curl"),
        (
            line + "Host: localhost\r\nUser-Agent: python-requests/2.32.3\r\nAccept-Encoding: gzip, deflate, br\r\n"
                + "Accept: */*\r\nConnection: keep-alive\r\n\r\n", "python-requests"
        ),
        (line + "Host: broker\r\nUser-Agent: Go-http-client/1.1\r\nAccept-Encoding: gzip\r\n\r\n", "Go net/http"),
        (line + "host:broker\r\n\r\n", "lower case, no space"),
        (line + "HOST:\r\n\r\n", "an empty Host"),
        (line + "Host: broker\r\nCONNECTION: Keep-Alive\r\n\r\n", "upper case"),
    ])
    func requestsOfWellFormedClientsAreRecognised(bytes: String, client: String) throws {
        let query = try #require(recognise(bytes), "\(client)")
        #expect(query.profile.rawValue == "reports")
        #expect(query.minimumRemaining == 0)
    }

    @Test func parametersAreRead() throws {
        let query = try #require(recognise(get("/v1/token?min_ttl=600&profile=A.b_c-9")))
        #expect(query.profile.rawValue == "A.b_c-9")
        #expect(query.minimumRemaining == 600)
    }

    @Test(arguments: [
        "", "\r\n\r\n", hotRequest + "\r\n", "\r\n" + hotRequest, hotRequest + hotRequest, hotRequest + "G",
        " " + hotRequest,
        String(hotRequest.dropLast()), String(hotRequest.dropLast(2)), String(hotRequest.dropFirst()),
        "GET /v1/token HTTP/1.1\r\nHost: a\r\n\r\n", "GET /v1/token? HTTP/1.1\r\nHost: a\r\n\r\n",
        "get /v1/token?profile=reports HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /v1/token?profile=reports HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET  /v1/token?profile=reports HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /v1/token?profile=reports  HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /v1/token?profile=reports HTTP/1.0\r\nHost: a\r\n\r\n",
        "GET /v1/token?profile=reports HTTP/1.1 \r\nHost: a\r\n\r\n",
        "GET /v1/token?profile=reports HTTP/1.1\nHost: a\r\n\r\n", "GET /v1/token?profile=reports\r\nHost: a\r\n\r\n",
        "GET http://a/v1/token?profile=reports HTTP/1.1\r\nHost: a\r\n\r\n",
        line + "\r\n", line + "Host: a\r\nHost: a\r\n\r\n", line + "Host: a\r\nhost: a\r\n\r\n",
        line + "Host: a\r\nAccept: a\r\nAccept: a\r\n\r\n", line + "Host : a\r\n\r\n", line + " Host: a\r\n\r\n",
        line + "Host\r\n\r\n", line + ": a\r\nHost: a\r\n\r\n", line + "Host: a\r\n b\r\n\r\n",
        line + "Host: a\n\r\n\r\n", line + "Host: a\rb\r\n\r\n", line + "Host: a\r\r\n\r\n", line + "Host: a\n\n",
        line + "Host: a\r\nX: a\r\n\r\n", line + "Host: a\r\nContent-Length: 0\r\n\r\n",
        line + "Host: a\r\nTransfer-Encoding: chunked\r\n\r\n", line + "Host: a\r\nExpect: 100-continue\r\n\r\n",
        line + "Host: a\r\nUpgrade: a\r\n\r\n", line + "Host: a\r\nConnection: close\r\n\r\n",
        line + "Host: a\r\nConnection: Upgrade\r\n\r\n", line + "Host: a\r\nConnection: keep-alive, close\r\n\r\n",
        line + "Host: a\r\nConnection: keep-alive \r\n\r\n", line + "Host: a\r\nConnection:\r\n\r\n",
        line + "Host: a\r\n\r\nHost: a\r\n\r\n", line + "Ho\u{17F}t: a\r\n\r\n", line + "Host: \u{E4}\r\n\r\n",
        line + "Host: a\r\nAccept: \(String(repeating: "a", count: 4_096))\r\n\r\n",
    ])
    func everythingElseIsDeclined(bytes: String) {
        #expect(recognise(bytes) == nil)
    }

    @Test func onlyBytesThatNeedNoDecodingAreTakenInTheQuery() {
        let letters = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-".utf8)
        for byte in UInt8.min...UInt8.max {
            let bytes = Array("GET /v1/token?profile=r".utf8) + [byte] + Array(" HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
            #expect((HotRequest.recognise(ByteBuffer(bytes: bytes).readableBytesView) != nil) == letters.contains(byte))
        }
    }

    @Test func onlyPrintableBytesAreTakenInAValueAndOnlyTheirOwnInAName() {
        for byte in UInt8.min...UInt8.max {
            let value = Array((Self.line + "Host: a").utf8) + [byte] + Array("\r\n\r\n".utf8)
            let isPrintable = (0x20...0x7E).contains(byte)
            #expect((HotRequest.recognise(ByteBuffer(bytes: value).readableBytesView) != nil) == isPrintable)
            let name = Array((Self.line + "Hos").utf8) + [byte] + Array(": a\r\n\r\n".utf8)
            let isT = byte == UInt8(ascii: "t") || byte == UInt8(ascii: "T")
            #expect((HotRequest.recognise(ByteBuffer(bytes: name).readableBytesView) != nil) == isT)
        }
    }

    @Test func theSizeLimitIsExact() {
        let fixed = (Self.line + "Host: a\r\nAccept: \r\n\r\n").utf8.count
        for (size, isTaken) in [(4_096, true), (4_097, false)] {
            let filler = String(repeating: "a", count: size - fixed)
            #expect((recognise(Self.line + "Host: a\r\nAccept: \(filler)\r\n\r\n") != nil) == isTaken)
        }
    }

    private func recognise(_ text: String) -> TokenQuery? {
        HotRequest.recognise(ByteBuffer(string: text).readableBytesView)
    }
}
