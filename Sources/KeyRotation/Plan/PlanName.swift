/// What a rotation plan is called: in its file, in commands, and in the names of the keys that it makes.
package struct PlanName: Sendable, Hashable, Codable, RawRepresentable {
    package let rawValue: String

    /// `nil` unless `rawValue` is 1 to 40 lower-case letters, digits and hyphens, with none of these first or last.
    package init?(rawValue: String) {
        guard (1...40).contains(rawValue.utf8.count), rawValue.first != "-", rawValue.last != "-",
            rawValue.utf8.allSatisfy(Self.isAllowed)
        else { return nil }
        self.rawValue = rawValue
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || byte == UInt8(ascii: "-")
    }
}

extension PlanName: CustomStringConvertible {
    package var description: String { rawValue }
}

extension PlanName: Comparable {
    package static func < (left: PlanName, right: PlanName) -> Bool { left.rawValue < right.rawValue }
}
