package import FoundationEssentials
internal import JOSE
package import TokenBroker

/// The token of a Kubernetes service account, which the kubelet keeps renewed in a file.
///
/// The file is read each time. It may be a symbolic link, as projected volumes make it: whoever can change the folder
/// can change the token as well, so refusing links would not protect anything.
package struct ServiceAccountTokenFile: IdentityTokenSource {
    private let path: String
    private let now: @Sendable () -> Date

    /// The largest file that is read, in bytes.
    package static let maximumSize = 16 * 1_024
    /// How long a token is kept that does not tell its own end.
    private static let lifetimeUnlessTold: TimeInterval = 60

    package init(path: String, now: @escaping @Sendable () -> Date) {
        (self.path, self.now) = (path, now)
    }

    package func identityToken() async throws(AcquisitionError) -> InstanceIdentityToken {
        let token = Self.token(in: try read())
        guard let token else { throw failure("it holds no token; check the volume of the service account token") }
        let now = now()
        let ending = IdentityTokenClaims(compact: token)?.expiresAt
        let expiresAt = ending ?? now.addingTimeInterval(Self.lifetimeUnlessTold)
        guard expiresAt > now else {
            throw failure("the token in it has expired; check that the kubelet renews it, and the clock of this node")
        }
        return InstanceIdentityToken(compact: Redacted(token), expiresAt: expiresAt)
    }

    private func read() throws(AcquisitionError) -> [UInt8] {
        do {
            return try SmallFile.read(path, limit: Self.maximumSize)
        } catch {
            throw failure("\(error); check the path in the configuration and the volume of the service account token")
        }
    }

    /// The text without one newline at its end: IBM's own clients send it along, and IAM has to trim it.
    private static func token(in bytes: [UInt8]) -> String? {
        var bytes = bytes[...]
        if bytes.last == UInt8(ascii: "\n") {
            bytes.removeLast()
            if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        }
        let token = String(decoding: bytes, as: UTF8.self)
        return ForeignText.isTokenText(token) ? token : nil
    }

    private func failure(_ explanation: String) -> AcquisitionError {
        AcquisitionError(.identityUnreadable, "cannot use the token file \(path): \(explanation)")
    }
}
