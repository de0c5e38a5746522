import Foundation

/// What the scripted server does with one request.
enum Reply: Sendable {
    /// Exactly these bytes.
    case raw(String)
    /// Exactly these bytes, and then the connection is closed.
    case rawThenClose(String)
    /// Nothing, with the connection open.
    case silence
    /// The connection is closed without a byte.
    case close
    /// The first bytes at once, and then one byte every ten milliseconds, without end.
    case drip(String)
    /// Made from the request.
    case computed(@Sendable (ReceivedRequest) -> Reply)

    /// A proper answer with a JSON body.
    static func json(_ status: Int, _ body: String, headers: [String] = []) -> Reply {
        let head = ["HTTP/1.1 \(status) X", "Content-Type: application/json", "Content-Length: \(body.utf8.count)"]
        return .raw((head + headers).joined(separator: "\r\n") + "\r\n\r\n" + body)
    }
}
