/// Why something is no part of a schedule, or why parts do not make one.
package struct ScheduleError: Error, Sendable, Hashable {
    /// For people: what is wrong with what, and what it may be.
    package let message: String

    init(_ message: String) {
        self.message = message
    }

    /// Text of somebody else's, for one line.
    static func plain(_ text: String) -> String {
        text.unicodeScalars.prefix(32)
            .map { $0.isASCII && $0.value >= 0x20 && $0.value != 0x7F ? String($0) : "?" }.joined()
    }
}

extension ScheduleError: CustomStringConvertible {
    package var description: String { message }
}
