package import JOSE

/// A line of the log as it was read: a JSON object of the form that ``LineText`` writes.
package struct ChainedLine: Sendable, Equatable {
    package let sequence: Int
    package let time: String
    package let event: String
    /// The hash of what stands before the line.
    package let previous: String
    /// Of `recovered`: the hash of the last whole line before the broken text.
    package let after: String?
    /// Of `removed`: the name of the file.
    package let file: String?
    /// Of `lost`: how many events.
    package let count: Int

    /// Reads the bytes of a line without its line feed.
    package init(parsing bytes: [UInt8]) throws(LineFault) {
        guard bytes.allSatisfy({ (0x20...0x7E).contains($0) }) else { throw .notPrintable }
        let root: JSONValue
        do {
            root = try JSONDocument(parsing: bytes, limits: JSONLimits(size: LineText.maximumSize, depth: 4)).root
        } catch {
            throw .notJSON(error)
        }
        guard bytes.first == UInt8(ascii: "{"), bytes.last == UInt8(ascii: "}"), let members = root.members else {
            throw .notJSON(.notObject)
        }
        guard members.count >= 4, members[0].name == "seq", members[1].name == "time", members[2].name == "event",
            let last = members.last, last.name == "prev"
        else { throw .otherMembers }
        guard let sequence = members[0].value.integer, (1...ChainHead.largestSequence).contains(sequence),
            let time = members[1].value.string, AuditTime.isTime(time),
            let event = members[2].value.string, !event.isEmpty,
            let previous = last.value.string, ChainHead.isHash(previous)
        else { throw .otherValues }
        self.sequence = sequence
        self.time = time
        self.event = event
        self.previous = previous
        after = event == Self.recovered ? root["after"]?.string : nil
        file = event == Self.removed ? root["file"]?.string : nil
        count = event == Self.lost ? max(0, root["count"]?.integer ?? 0) : 0
    }

    /// The line after text that an interrupted write left behind.
    package static let recovered = "recovered"
    /// An old file was removed.
    package static let removed = "removed"
    /// Events could not be kept.
    package static let lost = "lost"
}

/// Why bytes are not a line of the log.
package enum LineFault: Error, Sendable, Equatable {
    case tooLong
    case notPrintable
    case notJSON(JSONError)
    case otherMembers
    case otherValues
}

extension LineFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooLong: "it is longer than \(LineText.maximumSize) bytes"
        case .notPrintable: "it holds other bytes than printable ASCII"
        case .notJSON(let error): "it is no JSON object: \(error)"
        case .otherMembers: "its members are not seq, time, event, ..., prev"
        case .otherValues: "seq, time, event or prev has no proper value"
        }
    }
}
