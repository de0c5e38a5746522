internal import AccessPolicy
internal import JOSE
internal import MessageDigests
internal import TokenBroker

/// The broker's own tokens that stand in for the identity token, which never leaves the daemon.
///
/// One is good for the workload that asked for it, for an hour at most, and until the daemon ends. It permits nothing by itself:
/// each call that carries it is judged by who makes it. Nothing is kept for it: it carries its end and an authentication code
/// over that and over what its workload cannot choose.
struct SessionTokens: Sendable {
    private static let prefix = "iam-broker-session."
    private static let nonceLength = 8
    private static let endLength = 8

    private let time: any TimeSource
    private let authenticator = MessageAuthenticator()

    init(time: any TimeSource) {
        self.time = time
    }

    /// A token for `workload` that ends `lifetime` seconds from now.
    func token(for workload: Workload, lifetime: Int) throws(DigestError) -> String {
        let end = time.now.boot.components.seconds + Int64(lifetime)
        var payload = withBigEndianBytes(end)
        // Two tokens of one second differ, so that none tells about another.
        payload += withBigEndianBytes(Int64.random(in: .min ... .max))
        let code = try authenticator.code(of: payload + Self.binding(workload))
        return Self.prefix + Base64URL.encode(payload + code)
    }

    /// Whether `token` was made for `workload` and has not ended.
    func accepts(_ token: String, from workload: Workload) throws(DigestError) -> Bool {
        guard token.hasPrefix(Self.prefix), let bytes = Base64URL.decode(String(token.dropFirst(Self.prefix.count))),
            bytes.count == Self.endLength + Self.nonceLength + MessageAuthenticator.codeLength
        else { return false }
        let payload = Array(bytes.prefix(Self.endLength + Self.nonceLength))
        let code = Array(bytes.dropFirst(payload.count))
        guard try authenticator.verifies(code, of: payload + Self.binding(workload)) else { return false }
        let end = payload.prefix(Self.endLength).reduce(Int64(0)) { $0 << 8 | Int64($1) }
        return time.now.boot < .seconds(end)
    }

    /// What the workload cannot choose: its user, its service and its container.
    ///
    /// The process is not among them: who follows IBM's procedure with curl asks for the token with one process and uses it
    /// with the next.
    private static func binding(_ workload: Workload) -> [UInt8] {
        let service = workload.unit.value.flatMap { $0.hasSuffix(".service") ? $0 : nil } ?? ""
        // No zero byte is in any of them.
        return Array("\(workload.userID)\u{0}\(service)\u{0}\(workload.container.value ?? "")".utf8)
    }

    private func withBigEndianBytes(_ number: Int64) -> [UInt8] {
        stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> Int64($0)) }
    }
}
