/// The name of a file that is full: `audit-<seq of the first line>-<seq of the last line>.jsonl`, twelve digits or more each.
package struct ChainFileName: Sendable, Hashable {
    package let first: Int
    package let last: Int

    package init(first: Int, last: Int) {
        self.first = first
        self.last = last
    }

    /// `nil` when `text` is not such a name.
    package init?(_ text: String) {
        let (prefix, suffix) = ("audit-", ".jsonl")
        guard text.hasPrefix(prefix), text.hasSuffix(suffix), text.utf8.count > prefix.count + suffix.count else {
            return nil
        }
        let numbers = text.dropFirst(prefix.count).dropLast(suffix.count).split(separator: "-").compactMap { Int($0) }
        guard numbers.count == 2, (0...ChainHead.largestSequence).contains(numbers[0]),
            (0...ChainHead.largestSequence).contains(numbers[1])
        else { return nil }
        self.init(first: numbers[0], last: numbers[1])
        guard description == text else { return nil }
    }

    /// The file that is written to.
    package static let current = "audit.jsonl"

    /// Whether a file of this name is part of the log: ours, and those that a tool such as logrotate renamed.
    static func isPartOfLog(_ name: String) -> Bool {
        guard name != current, ChainFileName(name) == nil else { return true }
        guard name.hasPrefix(current + ".") || name.hasPrefix(current + "-") else { return false }
        return name.utf8.dropFirst(current.utf8.count + 1).allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2D }
    }
}

extension ChainFileName: CustomStringConvertible {
    package var description: String { "audit-\(AuditTime.padded(first, 12))-\(AuditTime.padded(last, 12)).jsonl" }
}
