/// How a token is written for a program that reads it.
package enum TokenFormat: String, Sendable, Hashable, CaseIterable {
    /// The token.
    case raw
    /// The answer to `GET /v1/token`.
    case json
    /// An HTTP header field.
    case header
    /// A line for a shell to evaluate.
    case env
    /// `NAME=TOKEN`.
    case dotenv
    /// A line for `curl --config -`.
    case curl

    /// The variable that tools of IBM Cloud read a token from.
    package static let standardVariable = "IC_IAM_TOKEN"

    /// One line, with its end.
    ///
    /// Nothing in a token needs quotes or could end them (RFC 6750 section 2.1).
    ///
    /// - Parameters:
    ///   - token: of the letters that a bearer token may have.
    ///   - variable: the name in `env` and `dotenv`; see ``VariableName``.
    ///   - answer: JSON on one line.
    /// - Returns: the line; it holds the token.
    package func line(token: String, variable: String, answer: String) -> String {
        let text =
            switch self {
            case .raw: token
            case .json: answer
            case .header: "Authorization: Bearer \(token)"
            case .env: "export \(variable)='\(token)'"
            case .dotenv: "\(variable)=\(token)"
            case .curl: #"header = "Authorization: Bearer \#(token)""#
            }
        return text + "\n"
    }
}
