/// What `x-amz-content-sha256` says of the body.
enum PayloadHash: Equatable {
    /// The SHA-256 of the body, in hexadecimal digits.
    case whole(String)
    /// The body is not signed.
    case unsigned
    /// The body comes in chunks of its own framing (`aws-chunked`).
    case chunks(areSigned: Bool, haveTrailer: Bool)

    /// Reads the field; `nil` for what S3 does not know.
    init?(_ text: String) {
        switch text {
        case "UNSIGNED-PAYLOAD": self = .unsigned
        case "STREAMING-UNSIGNED-PAYLOAD-TRAILER": self = .chunks(areSigned: false, haveTrailer: true)
        case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD": self = .chunks(areSigned: true, haveTrailer: false)
        case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER": self = .chunks(areSigned: true, haveTrailer: true)
        default:
            guard text.utf8.count == 64, HexText.decode(text) != nil else { return nil }
            self = .whole(text)
        }
    }
}
