/// Why a text is no cron expression, or names no time.
package struct CronError: Error, Sendable, Hashable {
    /// For people: which field, what is wrong with it, and what it may be.
    package let message: String

    init(_ message: String) {
        self.message = message
    }
}

extension CronError: CustomStringConvertible {
    package var description: String { message }
}

extension CronError {
    /// No place has this name.
    package init(unknownZone name: String) {
        let plain = name.unicodeScalars.prefix(64)
            .map { $0.isASCII && $0.value >= 0x20 && $0.value != 0x7F ? String($0) : "?" }.joined()
        self.init("'\(plain)' is no time zone of the IANA database, such as Europe/Berlin, and not UTC")
    }
}
