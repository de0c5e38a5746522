package import JOSE
internal import MessageDigests

/// Who may see the page over TCP: whoever shows the access token, and then the cookie that it gets for it.
///
/// The cookie is not the token, ends by itself, and means nothing to another daemon or after a restart: browsers send cookies of a
/// host to all of its ports.
package struct PageAccess: Sendable {
    private let token: Redacted<String>
    private let authenticator = MessageAuthenticator()
    /// How long a browser need not show the token again.
    package static let sessionLife: Duration = .seconds(8 * 3_600)
    package static let cookie = "iam-broker-page"

    /// With a new token.
    package init() {
        var random = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        token = Redacted(Base64URL.encode(bytes))
    }

    /// For the file that operators read.
    package var secret: Redacted<String> { token }

    /// Whether `text` is the token; it takes as long wherever the two differ.
    func isToken(_ text: some StringProtocol) -> Bool {
        guard let expected = try? authenticator.code(of: Array(token.exposed.utf8)) else { return false }
        return (try? authenticator.verifies(expected, of: Array(text.utf8))) ?? false
    }

    /// A cookie's value that is good from `now` on, on the boot-time clock, for ``sessionLife`` and for this user alone; `nil` when there can be none.
    func session(now: Duration, for userID: UInt32) -> String? {
        let end = (now + Self.sessionLife).components.seconds
        return code(of: end, userID).map { "\(end).\(Base64URL.encode($0))" }
    }

    /// Whether `value` is a cookie's that is still good, and this user's.
    func isSession(_ value: some StringProtocol, now: Duration, of userID: UInt32) -> Bool {
        let parts = value.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let end = Int64(parts[0]), let code = Base64URL.decode(String(parts[1])) else {
            return false
        }
        guard now < .seconds(end) else { return false }
        return (try? authenticator.verifies(code, of: Self.message(end, userID))) ?? false
    }

    private func code(of end: Int64, _ userID: UInt32) -> [UInt8]? {
        try? authenticator.code(of: Self.message(end, userID))
    }

    private static func message(_ end: Int64, _ userID: UInt32) -> [UInt8] {
        Array("page session until \(end) of user \(userID)".utf8)
    }
}
