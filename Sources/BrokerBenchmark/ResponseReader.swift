/// Recognises the end of an HTTP/1.1 response whose header says `Content-Length`.
struct ResponseReader {
    /// The status code, once the header is complete.
    private(set) var status = 0
    /// Bytes of header and body, once the header is complete.
    private(set) var size = 0

    /// Longer headers are not read.
    static let maximumHeader = 16 * 1_024

    enum Progress {
        case needsMore
        case complete
    }

    /// Looks at all bytes received of this response so far.
    mutating func look(at received: UnsafeRawBufferPointer) throws(BenchmarkError) -> Progress {
        if size == 0 { try readHeader(received) }
        guard size > 0, received.count >= size else { return .needsMore }
        guard received.count == size else { throw BenchmarkError("the server sent more than it was asked for") }
        return .complete
    }

    mutating func reset() { (status, size) = (0, 0) }

    private mutating func readHeader(_ received: UnsafeRawBufferPointer) throws(BenchmarkError) {
        var length: Int?
        var lineStart = 0
        var position = 0
        let limit = min(received.count, Self.maximumHeader)
        while position + 1 < limit {
            guard received[position] == 0x0D, received[position + 1] == 0x0A else {
                position += 1
                continue
            }
            if position == lineStart {
                guard let length else { throw BenchmarkError("the server answered without Content-Length") }
                size = position + 2 + length
                return
            }
            let line = UnsafeRawBufferPointer(rebasing: received[lineStart..<position])
            if lineStart == 0 {
                status = Self.digits(line.dropFirst(9).prefix(3)) ?? 0
            } else if let value = Self.contentLength(line) {
                length = value
            }
            position += 2
            lineStart = position
        }
        guard received.count < Self.maximumHeader else { throw BenchmarkError("the server's header is too long") }
    }

    private static func contentLength(_ line: UnsafeRawBufferPointer) -> Int? {
        let name: StaticString = "content-length:"
        guard line.count > name.utf8CodeUnitCount else { return nil }
        for offset in 0..<name.utf8CodeUnitCount where line[offset] | 0x20 != name.utf8Start[offset] | 0x20 {
            return nil
        }
        return digits(line.dropFirst(name.utf8CodeUnitCount).drop { $0 == 0x20 })
    }

    private static func digits(_ bytes: Slice<UnsafeRawBufferPointer>) -> Int? {
        guard !bytes.isEmpty, bytes.count <= 9 else { return nil }
        var number = 0
        for byte in bytes {
            guard (0x30...0x39).contains(byte) else { return nil }
            number = number * 10 + Int(byte - 0x30)
        }
        return number
    }
}
