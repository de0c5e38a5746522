import Foundation
import Testing

/// A response of the daemon.
struct Reply: Sendable {
    let status: Int
    /// By name in lower case.
    let headers: [String: String]
    let body: String

    /// `nil` when `bytes` is not yet a whole response.
    init?(_ bytes: [UInt8]) throws {
        guard let (reply, rest) = try Self.first(of: bytes) else { return nil }
        try #require(rest.isEmpty, "more came than the response has")
        self = reply
    }

    /// The responses that `bytes` are, one behind the other.
    static func all(_ bytes: [UInt8]) throws -> [Reply] {
        var (replies, rest): ([Reply], [UInt8]) = ([], bytes)
        while !rest.isEmpty {
            let (reply, behind) = try #require(try first(of: rest), "the last response is not whole")
            replies.append(reply)
            rest = behind
        }
        return replies
    }

    private static func first(of bytes: [UInt8]) throws -> (Reply, rest: [UInt8])? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let separator = text.range(of: "\r\n\r\n") else { return nil }
        let lines = text[..<separator.lowerBound].components(separatedBy: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            try #require(parts.count == 2)
            headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        let fields = try #require(lines.first).split(separator: " ")
        try #require(fields.count >= 2 && fields[0] == "HTTP/1.1")
        let status = try #require(Int(fields[1]))
        let length = try #require(headers["content-length"].flatMap(Int.init))
        let body = Array(text[separator.upperBound...].utf8)
        guard body.count >= length else { return nil }
        let reply = Reply(status: status, headers: headers, body: String(decoding: body.prefix(length), as: UTF8.self))
        return (reply, Array(body.dropFirst(length)))
    }

    private init(status: Int, headers: [String: String], body: String) {
        (self.status, self.headers, self.body) = (status, headers, body)
    }

    /// The token of an answer to `GET /v1/token`.
    var token: String? { (object as? [String: Any])?["access_token"] as? String }

    /// The message of an error.
    var message: String? { ((object as? [String: Any])?["error"] as? [String: Any])?["message"] as? String }

    private var object: Any? { try? JSONSerialization.jsonObject(with: Data(body.utf8)) }
}
