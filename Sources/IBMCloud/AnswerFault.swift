internal import JOSE

/// Why an answer with a status of success cannot be used.
enum AnswerFault: Error, CustomStringConvertible {
    case empty
    case notJSON(JSONError)
    /// A member is missing or is not what it should be.
    case member(StaticString)

    var description: String {
        switch self {
        case .empty: "the answer is empty"
        case .notJSON(let error): "the answer cannot be read: \(error)"
        case .member(let name): "the answer has no usable \(name)"
        }
    }
}

extension HTTPAnswer {
    /// The largest answer of a token call that is read, in bytes.
    static let tokenLimit = 64 * 1_024

    /// The body as a JSON object of so many bytes at most.
    func object(limit: Int = tokenLimit) throws(AnswerFault) -> JSONValue {
        guard !body.isEmpty else { throw .empty }
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: body, limits: JSONLimits(size: limit, depth: 32))
        } catch {
            throw .notJSON(error)
        }
        guard document.root.isObject else { throw .notJSON(.notObject) }
        return document.root
    }
}

extension JSONValue {
    /// The token in member `access_token`.
    func accessToken() throws(AnswerFault) -> String {
        guard let token = self["access_token"]?.string, ForeignText.isTokenText(token) else {
            throw .member("access_token")
        }
        return token
    }
}
