/// Text in lines, some of which are headers of sections: what git's, aws's and rclone's files have in common.
enum SectionedText {
    /// The lines that say something: without empty ones, and without the headers of sections in which nothing is.
    static func substance(_ bytes: [UInt8]) -> [UInt8] {
        let lines = bytes.split(separator: UInt8(ascii: "\n")).filter { !$0.allSatisfy { " \t\r".utf8.contains($0) } }
        let isHeader = lines.map { $0.first == UInt8(ascii: "[") && $0.last == UInt8(ascii: "]") }
        let kept = lines.indices.filter { index in
            !isHeader[index] || (index + 1 < lines.count && !isHeader[index + 1])
        }
        return Array(kept.map { lines[$0] }.joined(separator: [UInt8(ascii: "\n")]))
    }
}
