import Foundation

/// A request as it came in over the wire.
struct ReceivedRequest: Sendable {
    let line: String
    let headers: [(name: String, value: String)]
    let body: String

    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// Member `nonce` of a JSON body.
    var nonce: String? {
        let object = try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]
        return object?["nonce"] as? String
    }

    /// Takes one whole request off the front of `bytes`, or returns `nil` when there is none yet.
    static func take(from bytes: inout [UInt8]) -> ReceivedRequest? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else { return nil }
        let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
        let headers = lines.dropFirst()
            .map { line in
                let colon = line.firstIndex(of: ":") ?? line.endIndex
                return (String(line[..<colon]), line[colon...].dropFirst().trimmingCharacters(in: .whitespaces))
            }
        let length = headers.first { $0.0.lowercased() == "content-length" }.flatMap { Int($0.1) } ?? 0
        let headCount = text[..<end.upperBound].utf8.count
        guard bytes.count >= headCount + length else { return nil }
        let body = String(decoding: bytes[headCount..<headCount + length], as: UTF8.self)
        bytes.removeFirst(headCount + length)
        return ReceivedRequest(line: lines[0], headers: headers, body: body)
    }
}
