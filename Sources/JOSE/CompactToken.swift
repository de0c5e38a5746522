internal import Glibc

/// The three parts of a compact JSON Web Signature (RFC 7515 section 3.1), decoded.
struct CompactToken {
    /// The token's bytes; the signature is over those before ``signedCount``.
    let bytes: [UInt8]
    let signedCount: Int
    let headerBytes: [UInt8]
    let payload: [UInt8]
    let signature: [UInt8]

    /// The limits of what is read, in bytes.
    static let maximumSize = 64 * 1_024
    static let maximumPartSize = 16 * 1_024

    init(_ compact: String) throws(Rejection) {
        guard compact.utf8.count <= Self.maximumSize else { throw .tokenTooLarge }
        bytes = Array(compact.utf8)
        (signedCount, headerBytes, payload, signature) = try bytes.withUnsafeBufferPointer { text throws(Rejection) in
            guard let headerEnd = Self.dot(in: text, from: 0), let payloadEnd = Self.dot(in: text, from: headerEnd + 1)
            else { throw .notThreeParts }
            let last = UnsafeBufferPointer(rebasing: text[(payloadEnd + 1)...])
            guard Self.dot(in: text, from: payloadEnd + 1) == nil else { throw .notThreeParts }
            guard let header = Base64URL.decode(UnsafeBufferPointer(rebasing: text[..<headerEnd])),
                let payload = Base64URL.decode(UnsafeBufferPointer(rebasing: text[(headerEnd + 1)..<payloadEnd])),
                let signature = Base64URL.decode(last)
            else { throw .notBase64URL }
            guard header.count <= Self.maximumPartSize else { throw .headerTooLarge }
            guard payload.count <= Self.maximumPartSize else { throw .payloadTooLarge }
            return (payloadEnd, header, payload, signature)
        }
    }

    private static func dot(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        guard let base = text.baseAddress, let found = memchr(base + start, 0x2E, text.count - start) else {
            return nil
        }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }

    func header() throws(Rejection) -> JSONDocument {
        do {
            return try object(headerBytes)
        } catch {
            throw .malformedHeader(error)
        }
    }

    func claims() throws(Rejection) -> JSONDocument {
        do {
            return try object(payload)
        } catch {
            throw .malformedPayload(error)
        }
    }

    private func object(_ bytes: [UInt8]) throws(JSONError) -> JSONDocument {
        let document = try JSONDocument(parsing: bytes)
        guard document.root.isObject else { throw .notObject }
        return document
    }
}
