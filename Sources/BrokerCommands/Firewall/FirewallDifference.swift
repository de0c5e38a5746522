/// A line of the table that is not as it should be.
struct FirewallDifference: Sendable, Equatable, CustomStringConvertible {
    let kind: Kind
    /// The chain, set or map with the line, or `table`.
    let place: String
    let line: String

    enum Kind: String, Sendable {
        case missing
        case unexpected
    }

    /// For people: `chain output_filter: missing: meta skuid 999 accept`.
    var description: String {
        "\(TerminalText.escaping(place)): \(kind.rawValue): \(TerminalText.escaping(line))"
    }

    /// How `actual` is not `expected`; a line that stands at another place is both missing and unexpected.
    ///
    /// Both are tables as `nft` lists them. Their chains may stand in any order, the lines of a chain in one only.
    static func between(_ expected: String, _ actual: String) -> [Self] {
        let expected = blocks(of: expected)
        let actual = blocks(of: actual)
        let gone = expected.filter { block in !actual.contains { $0.place == block.place } }
        let added = actual.filter { block in !expected.contains { $0.place == block.place } }
        let changed = expected.flatMap { block in
            actual.filter { $0.place == block.place }
                .flatMap { differences(at: block.place, block.lines, $0.lines) }
        }
        return changed + gone.map { Self(kind: .missing, place: table, line: $0.place) }
            + added.flatMap { block in
                [Self(kind: .unexpected, place: table, line: block.place)]
                    + block.lines.map { Self(kind: .unexpected, place: block.place, line: $0) }
            }
    }

    private static func differences(at place: String, _ expected: [String], _ actual: [String]) -> [Self] {
        let changes = actual.difference(from: expected)
        return (changes.removals + changes.insertions)
            .map { change in
                switch change {
                case .remove(_, let line, _): Self(kind: .missing, place: place, line: line)
                case .insert(_, let line, _): Self(kind: .unexpected, place: place, line: line)
                }
            }
    }

    /// The place of what stands outside of all blocks.
    private static let table = "table"

    private typealias Block = (place: String, lines: [String])

    /// The table itself and each block in it, with the lines of its own.
    private static func blocks(of listing: String) -> [Block] {
        var outside: Block = (table, [])
        var blocks: [Block] = []
        var depth = 0
        for line in listing.split(separator: "\n") {
            let line = trimmed(line)
            guard !line.isEmpty else { continue }
            guard line != "}" else {
                depth -= 1
                continue
            }
            let opensBlock = line.hasSuffix("{")
            if depth < 1 || depth == 1 && !opensBlock {
                outside.lines.append(line)
            } else if depth == 1 {
                blocks.append((String(line.dropLast(2)), []))
            } else {
                blocks[blocks.count - 1].lines.append(line)
            }
            if opensBlock { depth += 1 }
        }
        return [outside] + blocks
    }

    private static func trimmed(_ line: Substring) -> String {
        String(line.drop { $0 == "\t" || $0 == " " }.reversed().drop { $0 == "\t" || $0 == " " }.reversed())
    }
}
