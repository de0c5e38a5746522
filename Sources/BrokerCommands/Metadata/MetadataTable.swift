internal import JOSE

/// Resources as a table, one a line.
struct MetadataTable {
    private let collection: MetadataCollection
    private let entries: [JSONValue]

    init(_ collection: MetadataCollection, _ entries: [JSONValue]) {
        (self.collection, self.entries) = (collection, entries)
    }

    var text: String {
        guard !entries.isEmpty else { return "no \(collection.plural)\n" }
        let rows = entries.map { entry in collection.columns.map { Self.cell(entry, $0.path[...]) } }
        return TextTable.text([collection.columns.map(\.head)] + rows)
    }

    private static func cell(_ entry: JSONValue, _ path: ArraySlice<String>) -> String {
        let words = values(entry, path).map { $0.string.map(TerminalText.escaping) ?? JSONText.line($0.text) }
        return words.isEmpty ? "-" : words.joined(separator: ",")
    }

    private static func values(_ value: JSONValue, _ path: ArraySlice<String>) -> [JSONValue] {
        if let elements = value.array { return elements.flatMap { values($0, path) } }
        guard let name = path.first else { return value.isNull ? [] : [value] }
        return value.member(name).map { values($0, path.dropFirst()) } ?? []
    }
}

/// Rows of cells, aligned.
enum TextTable {
    /// Every row must have as many cells as the first, and they must be safe for a terminal.
    static func text(_ rows: [[String]]) -> String { lines(rows).joined(separator: "\n") + "\n" }

    /// The same as lines.
    static func lines(_ rows: [[String]]) -> [String] {
        let widths = (rows.first ?? []).indices
            .map { column in
                rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
            }
        return rows.map { cells in
            let padded = zip(cells, widths)
                .map { cell, width in cell + String(repeating: " ", count: max(0, width - cell.count)) }
            return String(padded.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
        }
    }
}
