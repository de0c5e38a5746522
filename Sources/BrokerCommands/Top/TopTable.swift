/// Rows in columns that fit a width: the first column takes what the others leave, and those that matter least go first.
struct TopTable {
    struct Column {
        let title: String
        /// Characters.
        let width: Int
        /// Of two that do not fit the one with less goes.
        let weight: Int
        var isNumber = false
    }

    /// Characters of the first column at least, while there are others.
    static let leastFirst = 12
    private static let gap = 2

    private let first: String
    private let columns: [Column]
    private let rows: [[String]]

    /// - Parameters:
    ///   - first: the title of the first column.
    ///   - columns: the others.
    ///   - rows: a cell for each column, the first included.
    init(_ first: String, _ columns: [Column], rows: [[String]]) {
        (self.first, self.columns, self.rows) = (first, columns, rows)
    }

    /// The title, and a line for each row; none is longer than `width`.
    func lines(width: Int) -> [String] {
        var shown = Array(columns.indices)
        while !shown.isEmpty, width - taken(shown) < Self.leastFirst {
            guard let least = shown.min(by: { columns[$0].weight < columns[$1].weight }) else { break }
            shown.removeAll { $0 == least }
        }
        let firstWidth = max(0, width - taken(shown))
        return ([[first] + columns.map(\.title)] + rows)
            .map { cells in
                var line = TopText.cell(cells.first ?? "", width: firstWidth)
                for index in shown {
                    let text = index + 1 < cells.count ? cells[index + 1] : ""
                    line += String(repeating: " ", count: Self.gap)
                    line += TopText.cell(text, width: columns[index].width, isRight: columns[index].isNumber)
                }
                return TopText.trimmed(line)
            }
    }

    private func taken(_ shown: [Int]) -> Int { shown.reduce(0) { $0 + columns[$1].width + Self.gap } }
}
