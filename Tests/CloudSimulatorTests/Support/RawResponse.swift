import Foundation
import JOSE
import Testing

/// What came over the wire until the connection closed.
struct RawResponse: Sendable {
    let bytes: [UInt8]
    let status: Int?
    /// With names in lower case.
    let headers: [String: String]
    let body: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else {
            (status, headers, body) = (nil, [:], [])
            return
        }
        var lines = text[..<end.lowerBound].split(separator: "\r\n")
        let start = lines.removeFirst().split(separator: " ")
        status = start.count > 1 ? Int(start[1]) : nil
        headers = Dictionary(
            lines.compactMap { line in
                let parts = line.split(separator: ":", maxSplits: 1)
                guard parts.count == 2 else { return nil }
                return (parts[0].lowercased(), String(parts[1].drop { $0 == " " }))
            },
            uniquingKeysWith: { first, _ in first }
        )
        body = Array(text[end.upperBound...].utf8)
    }

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as JSON.
    func json() throws -> JSONValue {
        try JSONDocument(parsing: body, limits: JSONLimits(size: 1_048_576)).root
    }

    /// Names of the members of the body.
    func members() throws -> Set<String> { Set(try #require(json().members).map(\.name)) }

    func string(_ name: StaticString) throws -> String { try #require(json()[name]?.string) }

    /// The only error of a body of the VPC APIs.
    func vpcError() throws -> JSONValue {
        let errors = try #require(json()["errors"]?.array)
        #expect(errors.count == 1)
        return try #require(errors.first)
    }
}
