/// One HTTP response as it came over the wire.
struct WireAnswer: Equatable {
    let bytes: [UInt8]
    let status: Int
    let fields: [(name: String, value: String)]
    let body: String

    static func == (left: WireAnswer, right: WireAnswer) -> Bool { left.bytes == right.bytes }

    /// Takes the first whole response off `bytes`; `nil` when it is not all there.
    ///
    /// The response to `HEAD` ends with its head.
    static func take(from bytes: inout [UInt8], isHead: Bool = false) -> WireAnswer? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound else { return nil }
        let lines = String(decoding: bytes[..<(end - 4)], as: UTF8.self).split(separator: "\r\n")
        let fields = lines.dropFirst()
            .map { line in
                let parts = line.split(separator: ": ", maxSplits: 1, omittingEmptySubsequences: false)
                return (name: String(parts[0]), value: parts.count > 1 ? String(parts[1]) : "")
            }
        let length = fields.first { $0.name.lowercased() == "content-length" }.flatMap { Int($0.value) } ?? 0
        let total = end + (isHead ? 0 : length)
        guard bytes.count >= total, let line = lines.first else { return nil }
        let words = line.split(separator: " ")
        let answer = WireAnswer(
            bytes: Array(bytes[..<total]),
            status: words.count > 1 && words[0] == "HTTP/1.1" ? Int(words[1]) ?? 0 : 0,
            fields: fields,
            body: String(decoding: bytes[end..<total], as: UTF8.self)
        )
        bytes.removeFirst(total)
        return answer
    }

    /// The values of all fields of a name.
    subscript(_ name: String) -> [String] {
        fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }
}
