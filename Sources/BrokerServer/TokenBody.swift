internal import AccessPolicy
internal import BrokerAPI
internal import JOSE
internal import NIOCore
internal import TokenBroker

/// The JSON of a released token.
enum TokenBody {
    static func bytes(_ released: ReleasedToken) -> [UInt8] {
        // The token leaves the daemon here: base64url and dots only.
        let text = TokenResponse.text(
            token: released.cached.token.compact.exposed,
            expiresIn: released.expiresIn,
            expiresAt: released.expiresAt,
            profile: released.permit.profile.rawValue
        )
        return Array(text.utf8)
    }

    /// The whole response, as the strict pipeline would send it.
    static func response(_ released: ReleasedToken) -> ByteBuffer {
        let body = bytes(released)
        var response = ByteBuffer()
        response.reserveCapacity(body.count + 128)
        response.writeString("HTTP/1.1 200 OK\r\n")
        for (name, value) in Response(body: body).headers { response.writeString("\(name): \(value)\r\n") }
        response.writeString("\r\n")
        response.writeBytes(body)
        return response
    }
}
