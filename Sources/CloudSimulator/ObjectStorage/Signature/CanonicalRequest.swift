/// What a signature is over: the request in the one form that both sides make of it.
///
/// AWS, "Create a signed AWS API request", with S3's exceptions: the path is encoded once, and is not normalized.
struct CanonicalRequest {
    let text: String

    /// - Parameters:
    ///   - request: as it was sent.
    ///   - names: of the signed headers, in lower case and in the order of the signature.
    ///   - payload: the last line: a hash, or the word that stands for it.
    init(_ request: SimulatorRequest, signing names: [String], payload: String) {
        let path = request.rawPath.isEmpty ? "/" : request.rawPath
        text =
            ([
                request.method,
                URIText.encode(URIText.decode(path, plusIsSpace: false), escapesSlash: false),
                Self.query(request.rawQuery),
            ] + names.map { "\($0):\(Self.value(of: $0, in: request))" } + ["", names.joined(separator: ";"), payload])
            .joined(separator: "\n")
    }

    /// Every parameter but the signature itself, sorted by its encoded name, then by its encoded value.
    private static func query(_ text: String) -> String {
        var parameters = text.split(separator: "&")
            .map { pair in
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (name: encoded(parts[0]), value: parts.count > 1 ? encoded(parts[1]) : "")
            }
        parameters.removeAll { $0.name == "X-Amz-Signature" }
        parameters.sort { ($0.name, $0.value) < ($1.name, $1.value) }
        return parameters.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    }

    private static func encoded(_ text: Substring) -> String {
        URIText.encode(URIText.decode(text, plusIsSpace: true), escapesSlash: true)
    }

    /// The values of all fields of that name in the order they came, each without needless blanks.
    private static func value(of name: String, in request: SimulatorRequest) -> String {
        request.fields.filter { $0.name == name }
            .map { $0.value.split { $0 == " " || $0 == "\t" }.joined(separator: " ") }
            .joined(separator: ",")
    }
}
