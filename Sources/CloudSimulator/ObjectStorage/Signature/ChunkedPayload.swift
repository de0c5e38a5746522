/// A body in the framing `aws-chunked`: chunks with their sizes, each perhaps signed, and perhaps a trailer.
///
/// A signature is over the one before it, so that no chunk can be left out, put elsewhere or said twice.
struct ChunkedPayload {
    private var rest: ArraySlice<UInt8>
    /// `nil` when chunks are not signed.
    private let secret: SigningSecret?
    private var previous: String

    /// - Parameters:
    ///   - body: as it came.
    ///   - secret: what chunks are signed with; without one they must have no signature.
    ///   - seed: the signature of the head, in hexadecimal digits.
    init(_ body: [UInt8], signedWith secret: SigningSecret?, after seed: String) {
        rest = body[...]
        self.secret = secret
        previous = seed
    }

    /// The content without its framing.
    mutating func read(withTrailer hasTrailer: Bool) throws(ObjectStorageError) -> [UInt8] {
        var content: [UInt8] = []
        while true {
            let chunk = try readChunk()
            content += chunk
            guard !chunk.isEmpty else { break }
            guard try readLine().isEmpty else { throw .incompleteBody }
        }
        if hasTrailer { try readTrailer() } else { guard try readLine().isEmpty else { throw .incompleteBody } }
        guard rest.isEmpty else { throw .incompleteBody }
        return content
    }

    private mutating func readChunk() throws(ObjectStorageError) -> ArraySlice<UInt8> {
        let parts = try readLine().split(separator: ";", maxSplits: 1)
        guard let text = parts.first, let size = Int(text, radix: 16), (0...rest.count).contains(size) else {
            throw .incompleteBody
        }
        let chunk = rest.prefix(size)
        rest = rest.dropFirst(size)
        guard let secret else {
            guard parts.count == 1 else { throw .incompleteBody }
            return chunk
        }
        let mark = "chunk-signature="
        guard parts.count == 2, parts[1].hasPrefix(mark) else { throw .incompleteBody }
        let digests = [SigningSecret.digest([]), SigningSecret.digest(chunk)]
        try check(parts[1].dropFirst(mark.count), secret, "\(SignatureClaim.algorithm)-PAYLOAD", digests)
        return chunk
    }

    /// Reads fields up to an empty line; the last of them is their signature if chunks are signed.
    private mutating func readTrailer() throws(ObjectStorageError) {
        var fields = ""
        let mark = "x-amz-trailer-signature:"
        while true {
            let line = try readLine()
            if let secret, line.hasPrefix(mark) {
                let title = "\(SignatureClaim.algorithm)-TRAILER"
                try check(line.dropFirst(mark.count), secret, title, [SigningSecret.digest(fields.utf8)])
                guard try readLine().isEmpty else { throw .incompleteBody }
                return
            }
            if line.isEmpty {
                guard secret == nil else { throw .incompleteBody }
                return
            }
            fields += "\(line)\n"
        }
    }

    private mutating func check(
        _ signature: Substring,
        _ secret: SigningSecret,
        _ title: String,
        _ digests: [String]
    ) throws(ObjectStorageError) {
        guard let bytes = HexText.decode(signature), secret.made(bytes, of: title, [previous] + digests) else {
            throw .signatureDoesNotMatch
        }
        previous = String(signature)
    }

    /// The text before the next end of line, which is `\r\n`.
    private mutating func readLine() throws(ObjectStorageError) -> String {
        guard let end = rest.firstIndex(of: UInt8(ascii: "\r")), end - rest.startIndex <= Self.longestLine,
            rest.index(after: end) < rest.endIndex, rest[rest.index(after: end)] == UInt8(ascii: "\n")
        else { throw .incompleteBody }
        defer { rest = rest[(end + 2)...] }
        return String(decoding: rest[..<end], as: UTF8.self)
    }

    private static let longestLine = 1_024
}
