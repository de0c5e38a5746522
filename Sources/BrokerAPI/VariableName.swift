/// Names of variables of the environment.
package enum VariableName {
    /// Whether every shell takes it (POSIX, 3.216 Name).
    package static func isOne(_ text: String) -> Bool {
        !text.isEmpty && !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text.utf8.first ?? 0)
            && text.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "_") || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
    }
}
