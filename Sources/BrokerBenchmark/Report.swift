internal import FoundationEssentials

/// Reports as programs read them.
enum Report {
    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// Rows of cells as a table: the first column to the left, the others to the right.
    static func table(_ rows: [[String]]) -> String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        return
            rows.map { row in
                row.enumerated()
                    .map { column, cell in
                        let padding = String(repeating: " ", count: widths[column] - cell.count)
                        return column == 0 ? cell + padding : padding + cell
                    }
                    .joined(separator: "  ")
            }
            .joined(separator: "\n")
    }
}
