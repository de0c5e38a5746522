internal import FoundationEssentials
internal import JOSE
internal import MessageDigests

/// Signs requests for Object Storage with an HMAC pair: AWS Signature Version 4, in the header.
///
/// Written after AWS, "Create a signed AWS API request".
struct RequestSigner {
    let accessKeyID: String
    let secretAccessKey: Redacted<String>
    let region: String
    /// Such as `s3`.
    let service: String

    private static let algorithm = "AWS4-HMAC-SHA256"
    private static let terminator = "aws4_request"

    /// What a signature is over.
    struct Request {
        let method: String
        /// As it is sent: each segment encoded once.
        let path: String
        /// Not encoded.
        let query: [(name: String, value: String)]
        /// All headers that are to be signed, `host` and `x-amz-date` among them.
        let headers: [(name: String, value: String)]
        /// SHA-256 of the body, in hexadecimal digits.
        let payloadHash: String
    }

    /// The `Authorization` header for `request`, sent at `time` (`20130524T000000Z`).
    func authorization(_ request: Request, at time: String) throws(DigestError) -> String {
        let headers = request.headers.map { (name: $0.name.lowercased(), value: $0.value) }.sorted { $0.name < $1.name }
        let names = headers.map(\.name).joined(separator: ";")
        let scope = [String(time.prefix(8)), region, service, Self.terminator]
        let query = request.query
            .map { (PercentText.encoded($0.name), PercentText.encoded($0.value)) }
            .sorted { $0 < $1 }
            .map { "\($0.0)=\($0.1)" }
            .joined(separator: "&")
        let canonical =
            ([request.method, request.path.isEmpty ? "/" : request.path, query]
            + headers.map { "\($0.name):\(Self.trimmed($0.value))" } + ["", names, request.payloadHash])
            .joined(separator: "\n")
        let digest = try SHA256.digest(of: canonical.utf8).hexadecimal
        let text = [Self.algorithm, time, scope.joined(separator: "/"), digest].joined(separator: "\n")
        let signature = try HMACSHA256.code(of: Array(text.utf8), key: key(scope)).hexadecimal
        return "\(Self.algorithm) Credential=\(accessKeyID)/\(scope.joined(separator: "/")),"
            + "SignedHeaders=\(names),Signature=\(signature)"
    }

    /// The key that the secret gives for one day, region and service.
    func key(_ scope: [String]) throws(DigestError) -> [UInt8] {
        var key = Array("AWS4\(secretAccessKey.exposed)".utf8)
        for part in scope { key = try HMACSHA256.code(of: Array(part.utf8), key: key).bytes }
        return key
    }

    /// Without blanks at the ends, and with one where there are several.
    private static func trimmed(_ value: String) -> String {
        value.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
    }
}
