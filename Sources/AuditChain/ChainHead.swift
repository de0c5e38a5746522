/// The last line of a chain: all that is needed to continue it, and to tell later that nothing was cut off.
package struct ChainHead: Sendable, Hashable {
    /// `seq` of the line; 0 before the first one.
    package let sequence: Int
    /// The SHA-256 of the line's bytes without the line feed: 64 hexadecimal digits in lower case.
    package let hash: String

    package init(sequence: Int, hash: String) {
        self.sequence = sequence
        self.hash = hash
    }

    /// What the first line of a chain follows.
    package static let start = ChainHead(sequence: 0, hash: String(repeating: "0", count: 64))

    /// The largest `seq`: whole numbers up to it survive every JSON reader (RFC 8259 section 6).
    package static let largestSequence = 1 << 53

    /// Reads what ``description`` wrote; `nil` for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let sequence = Int(parts[0]), (1...Self.largestSequence).contains(sequence), Self.isHash(parts[1])
        else { return nil }
        self.init(sequence: sequence, hash: String(parts[1]))
    }

    static func isHash(_ text: some StringProtocol) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}

extension ChainHead: CustomStringConvertible {
    /// `SEQ:HASH`.
    package var description: String { "\(sequence):\(hash)" }
}
