internal import BrokerAPI
internal import FoundationEssentials

/// The locks in force as a table.
struct LockTable {
    private let locks: LocksResponse
    private let now: Date

    init(_ locks: LocksResponse, now: Date) {
        (self.locks, self.now) = (locks, now)
    }

    var text: String {
        let rows = (locks.all.map { [$0] } ?? []) + locks.profiles
        guard !rows.isEmpty else { return "nothing is locked\n" }
        let cells = [["LOCKED", "BY", "SINCE"]] + rows.map(row)
        let widths = (0..<2).map { column in cells.map { $0[column].count }.max() ?? 0 }
        let lines = cells.map { cells in
            zip(cells, widths + [0])
                .map { cell, width in cell + String(repeating: " ", count: max(0, width - cell.count)) }
                .joined(separator: "  ")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func row(_ lock: LocksResponse.Lock) -> [String] {
        [
            // No name of a profile has a space in it.
            lock.name.map(TerminalText.escaping) ?? "all profiles",
            "uid \(lock.by)",
            TimeInWords.describe(secondsSince1970: Double(lock.since), now: now) ?? String(lock.since),
        ]
    }
}
