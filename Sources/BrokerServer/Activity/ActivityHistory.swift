/// Hand-outs and refusals of each minute, for two hours.
///
/// Counts that only grow go in, and what they grew by comes out.
struct ActivityHistory: Sendable {
    /// Counts since the daemon started.
    struct Totals: Sendable, Equatable {
        var released: UInt64 = 0
        var refused: UInt64 = 0
    }

    /// What happened in a minute of the boot-time clock.
    struct Minute: Sendable, Equatable {
        let number: Int64
        var released: UInt64 = 0
        var refused: UInt64 = 0
    }

    static let capacity = 120
    static let minute: Duration = .seconds(60)

    /// The oldest first, without gaps; the last one may not be over.
    private(set) var minutes: [Minute] = []
    private var last = Totals()

    /// Takes note of where the counts stand at `now` on the boot-time clock: what came since the last time belongs to that minute.
    mutating func note(_ totals: Totals, at now: Duration) {
        let number = now.components.seconds / 60
        if let newest = minutes.last?.number, number > newest {
            // What is longer ago than all that is kept need not be filled in.
            let first = max(newest + 1, number - Int64(Self.capacity) + 1)
            minutes += (first...number).map { Minute(number: $0) }
        } else if minutes.isEmpty {
            minutes = [Minute(number: number)]
        }
        minutes.removeFirst(max(0, minutes.count - Self.capacity))
        minutes[minutes.count - 1].released &+= totals.released &- last.released
        minutes[minutes.count - 1].refused &+= totals.refused &- last.refused
        last = totals
    }
}
