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
        status = try #require(Int(fields[1]))
        let length = try #require(headers["content-length"].flatMap(Int.init))
        let body = String(text[separator.upperBound...])
        guard body.utf8.count >= length else { return nil }
        try #require(body.utf8.count == length, "more came than the response has")
        (self.headers, self.body) = (headers, body)
    }

    /// The token of an answer to `GET /v1/token`.
    var token: String? { (object as? [String: Any])?["access_token"] as? String }

    /// The message of an error.
    var message: String? { ((object as? [String: Any])?["error"] as? [String: Any])?["message"] as? String }

    private var object: Any? { try? JSONSerialization.jsonObject(with: Data(body.utf8)) }
}
