import Foundation
import Testing

/// A request of S3 that botocore has signed with the built-in pair, at the start of ``TestCloud``.
struct SignedRequest: Sendable, Decodable {
    var method: String
    var target: String
    /// Pairs of name and value.
    var fields: [[String]]
    var body: String

    /// The request `name` of `sign_requests.py`.
    static func named(_ name: String) throws -> SignedRequest { try #require(all.get()[name]) }

    private static let all = Result {
        guard let python = ProcessInfo.processInfo.environment["IAM_BROKER_TEST_AWS_PYTHON"], !python.isEmpty else {
            Issue.record("IAM_BROKER_TEST_AWS_PYTHON is not set: run `make test`, which prepares boto3 and aws")
            throw MissingPython()
        }
        let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Clients/sign_requests.py").path()
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: python)
        process.arguments = [script]
        process.standardOutput = output
        try process.run()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return try JSONDecoder().decode([String: SignedRequest].self, from: bytes)
    }

    private struct MissingPython: Error {}

    subscript(field name: String) -> String {
        get { fields.first { $0[0].lowercased() == name }?[1] ?? "" }
        set {
            fields.removeAll { $0[0].lowercased() == name }
            fields.append([name, newValue])
        }
    }

    mutating func remove(field name: String) { fields.removeAll { $0[0].lowercased() == name } }

    mutating func replace(_ text: String, with other: String, in field: String) {
        self[field: field] = self[field: field].replacing(text, with: other)
    }

    /// Everything as it goes over the wire.
    var text: String {
        let fields = fields.map { "\($0[0]): \($0[1])\r\n" }.joined()
        return "\(method) \(target) HTTP/1.1\r\n\(fields)Content-Length: \(body.utf8.count)\r\n"
            + "Connection: close\r\n\r\n\(body)"
    }
}

extension TestCloud {
    func send(_ request: SignedRequest) async throws -> RawResponse { try await client.exchange(request.text) }

    /// Asks Object Storage with an IAM token.
    func storage(
        _ method: String,
        _ target: String,
        headers: [String: String] = [:],
        body: String = ""
    ) async throws -> RawResponse {
        let headers = headers.merging(["Authorization": "Bearer \(try await iamToken())"]) { $1 }
        return try await client.send(method, target, headers: headers, body: body)
    }
}

extension RawResponse {
    /// The code in an error of S3, or the status.
    var outcome: String {
        if let match = text.firstMatch(of: /<Code>([A-Za-z0-9]+)<\/Code>/) { return String(match.1) }
        return status.map { "\($0)" } ?? "no answer"
    }

    /// What the elements `name` of an XML body hold.
    func elements(_ name: String) throws -> [String] {
        try text.matches(of: Regex("<\(name)>([^<]*)</\(name)>", as: (Substring, Substring).self)).map { String($0.1) }
    }
}
