internal import FoundationEssentials

/// What a record looks like in a stream: one line, whatever its values are.
enum LogLine {
    /// The line in `format`, with its end.
    static func bytes(_ record: LogRecord, _ format: LogConfiguration.Format) -> [UInt8] {
        switch format {
        case .text: Array("\(time(record)) \(record.level) \(text(record))\n".utf8)
        case .json: Array((json(record) + "\n").utf8)
        }
    }

    /// The sentence and the fields, without time and level: `Token obtained profile=reports`.
    static func text(_ record: LogRecord) -> String {
        record.fields.reduce(into: EscapedText.sentence(record.message)) { line, field in
            line += " \(EscapedText.name(field.name))=\(EscapedText.value(field.value))"
        }
    }

    private static func json(_ record: LogRecord) -> String {
        let fields = record.fields.map { "\"\(EscapedText.name($0.name))\":\(EscapedText.quoted($0.value))" }
        // The fields have a place of their own: no name of theirs is a name of ours.
        return
            #"{"time":"\#(time(record))","level":"\#(record.level)","message":\#(EscapedText.quoted(record.message)),"#
            + #""fields":{\#(fields.joined(separator: ","))}}"#
    }

    private static func time(_ record: LogRecord) -> String {
        record.time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
