/// The rules for names of units (systemd.unit(5)).
enum UnitName {
    private static let maximumLength = 255

    /// Whether a control group of this name is that of a unit which has processes.
    static func claimsProcesses(_ name: String) -> Bool {
        name.hasSuffix(".service") || name.hasSuffix(".scope")
    }

    static func isSlice(_ name: String) -> Bool {
        name.hasSuffix(".slice") && isValid(name)
    }

    /// Whether a unit can have this name, which must end with its type.
    static func isValid(_ name: String) -> Bool {
        guard name.utf8.count <= maximumLength, let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else {
            return false
        }
        let stem = name.utf8[..<dot]
        return !stem.isEmpty && stem.first != UInt8(ascii: "@") && stem.allSatisfy(isAllowed)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: ":-_.\\@".utf8.contains(byte)
        }
    }
}
