internal import BrokerAPI

/// Hand-outs and refusals over time, as bars.
struct ActivityChart {
    private let minutes: [ActivityResponse.Minute]

    /// Places for bars: two hours.
    private static let places = 120
    /// Units of the drawing.
    private static let height = 100

    init(_ minutes: [ActivityResponse.Minute]) { self.minutes = Array(minutes.suffix(Self.places)) }

    var values: [String: PageValue] {
        [
            "releasedBars": .list(bars(\.released)), "refusedBars": .list(bars(\.refused)),
            "releasedWords": .text(words(\.released, "handed out")), "refusedWords": .text(words(\.refused, "refused")),
            "chartStart": .text(minutes.first.map { time($0.start) } ?? ""),
            "chartEnd": .text(minutes.last.map { time($0.start) } ?? ""), "spans": .list(spans),
        ]
    }

    /// The newest at the right end; a minute in which nothing happened has no bar.
    private func bars(_ count: KeyPath<ActivityResponse.Minute, Int>) -> [[String: PageValue]] {
        let most = max(1, minutes.map { $0[keyPath: count] }.max() ?? 0)
        let first = Self.places - minutes.count
        return minutes.enumerated()
            .compactMap { index, minute in
                let value = minute[keyPath: count]
                guard value > 0 else { return nil }
                // What happened once is seen beside what happened a million times.
                let height = max(3, Int((Double(value) / Double(most) * Double(Self.height)).rounded()))
                return [
                    "x": .text("\((first + index) * 6)"), "y": .text("\(Self.height - height)"),
                    "height": .text("\(height)"),
                ]
            }
    }

    private func words(_ count: KeyPath<ActivityResponse.Minute, Int>, _ what: String) -> String {
        let total = minutes.reduce(0) { $0 &+ $1[keyPath: count] }
        guard total > 0 else { return "none \(what)" }
        let most = minutes.map { $0[keyPath: count] }.max() ?? 0
        return "\(PageNumber.text(total)) \(what), \(PageNumber.text(most)) a minute at most"
    }

    /// The same in numbers, ten minutes a row; those without anything are left out.
    private var spans: [[String: PageValue]] {
        stride(from: 0, to: minutes.count, by: 10)
            .compactMap { start in
                let span = minutes[start..<min(start + 10, minutes.count)]
                let released = span.reduce(0) { $0 &+ $1.released }
                let refused = span.reduce(0) { $0 &+ $1.refused }
                guard let first = span.first, released > 0 || refused > 0 else { return nil }
                return [
                    "from": .text(time(first.start)), "released": .text(PageNumber.text(released)),
                    "refused": .text(PageNumber.text(refused)),
                ]
            }
    }

    /// `10:35` in UTC.
    private func time(_ seconds: Int) -> String {
        let date = PageTime.date(seconds)
        return date.count == 20 ? String(date.dropFirst(11).prefix(5)) : date
    }
}
