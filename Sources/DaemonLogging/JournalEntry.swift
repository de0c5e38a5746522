internal import Logging

/// A record in the form of journald's native protocol (systemd.io, "Native Journal Protocol").
enum JournalEntry {
    /// All fields, each on its own: `NAME=VALUE` and a newline; with a newline in the value `NAME`, a newline, the value's
    /// length in 64 bits, the lowest byte first, the value and a newline.
    ///
    /// `MESSAGE` also tells the fields: it is all that `journalctl` shows unless it is asked for more.
    static func bytes(_ record: LogRecord) -> [UInt8] {
        var bytes: [UInt8] = []
        append("MESSAGE", LogLine.text(record), to: &bytes)
        append("PRIORITY", String(priority(record.level)), to: &bytes)
        append("SYSLOG_IDENTIFIER", "iam-brokerd", to: &bytes)
        append("CODE_FILE", record.file, to: &bytes)
        append("CODE_LINE", String(record.line), to: &bytes)
        append("CODE_FUNC", record.function, to: &bytes)
        for field in record.fields {
            if let name = JournalField.name(of: field.name) {
                append(name, field.value, to: &bytes)
            } else {
                append(JournalField.other, "\(EscapedText.name(field.name))=\(field.value)", to: &bytes)
            }
        }
        return bytes
    }

    private static func append(_ name: String, _ value: String, to bytes: inout [UInt8]) {
        bytes += name.utf8
        if value.utf8.contains(UInt8(ascii: "\n")) {
            bytes.append(UInt8(ascii: "\n"))
            let count = UInt64(value.utf8.count)
            for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: count >> shift)) }
        } else {
            bytes.append(UInt8(ascii: "="))
        }
        bytes += value.utf8
        bytes.append(UInt8(ascii: "\n"))
    }

    /// As in syslog(3).
    private static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
