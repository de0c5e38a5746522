internal import FoundationEssentials
internal import Logging

/// One line of the log, before it has a form.
struct LogRecord: Sendable {
    let time: Date
    let level: Logger.Level
    /// What happened; a fixed sentence.
    let message: String
    /// By name, in order.
    let fields: [(name: String, value: String)]
    let file: String
    let function: String
    let line: UInt

    /// Limits of one value in bytes, and of the number of fields: whoever can choose a value cannot fill the disk with it.
    static let longestValue = 65_536
    static let mostFields = 64

    init(_ event: LogEvent, metadata: Logger.Metadata, time: Date) {
        self.time = time
        level = event.level
        message = Self.shortened("\(event.message)")
        var fields: [(name: String, value: String)] = []
        for (name, value) in metadata { Self.append(value, named: name, to: &fields) }
        if let error = event.error { Self.append(.string("\(error)"), named: "error", to: &fields) }
        fields.sort { $0.name < $1.name }
        self.fields = fields
        (file, function, line) = (event.file, event.function, event.line)
    }

    /// About how much memory it takes, in bytes.
    var size: Int { fields.reduce(256 + message.utf8.count) { $0 + $1.name.utf8.count + $1.value.utf8.count + 32 } }

    private static func append(
        _ value: Logger.MetadataValue,
        named name: String,
        to fields: inout [(name: String, value: String)]
    ) {
        guard fields.count < mostFields else { return }
        switch value {
        case .dictionary(let members):
            for (member, value) in members { append(value, named: "\(name).\(member)", to: &fields) }
        case .array(let values):
            fields.append((name, shortened(values.map { "\($0)" }.joined(separator: " "))))
        case .string, .stringConvertible:
            fields.append((name, shortened("\(value)")))
        }
    }

    private static func shortened(_ text: String) -> String {
        let count = text.utf8.count
        guard count > longestValue else { return text }
        // A character that is cut in two becomes a replacement character.
        return String(decoding: text.utf8.prefix(longestValue), as: UTF8.self) + "… (\(count) bytes)"
    }
}
