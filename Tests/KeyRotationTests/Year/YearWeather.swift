import BrokerTesting
import Foundation
import KeyRotation
import Synchronization

/// What goes wrong in a year, by a seed: outages of the service, times without the daemon, deaths.
struct YearWeather: Sendable {
    let outages: [DateInterval]
    let downs: [DateInterval]
    /// Moments, as ``Deaths`` counts them.
    let deaths: [Int]

    init(seed: String, from start: Date) {
        var draws = Draws(seed: seed)
        func intervals(_ count: Int, _ lengths: ClosedRange<Double>) -> [DateInterval] {
            let slot = 366 * 86_400 / Double(count)
            return (0..<count)
                .map { number in
                    // Short ones are as likely as long ones, on a logarithmic scale.
                    let length =
                        lengths.lowerBound
                        * pow(
                            lengths.upperBound / lengths.lowerBound,
                            Double.random(in: 0...1, using: &draws)
                        )
                    let begin = Double(number) * slot + Double.random(in: 0...(slot - length), using: &draws)
                    return DateInterval(start: start.addingTimeInterval(begin.rounded()), duration: length.rounded())
                }
        }
        outages = intervals(24, 120...172_800)
        downs = intervals(12, 1_800...432_000)
        var (moment, moments) = (0, [Int]())
        for _ in 0..<600 {
            moment += Int.random(in: 5...90, using: &draws)
            moments.append(moment)
        }
        deaths = moments
    }

    func down(at time: Date) -> DateInterval? { downs.first { $0.start <= time && time < $0.end } }

    func nextDown(after time: Date) -> Date? { downs.first { $0.start > time }?.start }

    func isOut(_ time: Date) -> Bool { outages.contains { $0.start <= time && time < $0.end } }
}

/// A service and sinks that answer as the weather is; it looks at the clock of a world that is made after it.
final class Forecast: Sendable {
    private let now = Mutex<(@Sendable () -> Date)?>(nil)
    private let calls = Mutex((seen: 0, taken: [Date]()))
    private let weather: YearWeather
    let problems = Mutex<[String]>([])
    /// Whether something may be taken away then.
    private let mayTakeAway: @Sendable (Date) -> Bool

    init(_ weather: YearWeather, mayTakeAway: @escaping @Sendable (Date) -> Bool) {
        (self.weather, self.mayTakeAway) = (weather, mayTakeAway)
    }

    func follow(_ clock: @escaping @Sendable () -> Date) { now.withLock { $0 = clock } }

    /// How many calls fell into an outage.
    var refused: Int { calls.withLock { $0.seen } }

    private func fault() -> IssuerFault? {
        guard let time = now.withLock({ $0 })?(), weather.isOut(time) else { return nil }
        let number = calls.withLock { calls in
            calls.seen += 1
            return calls.seen
        }
        let codes: [IssuerFault.Code] = [.notSent, .noToken, .rateLimited]
        return IssuerFault(codes[number % 3], "the service is out")
    }

    var issuerHooks: ScriptedIssuer.Hooks {
        ScriptedIssuer.Hooks(before: { [self] call in
            switch call {
            case .disable(let id), .delete(let id):
                if let time = now.withLock({ $0 })?(), !mayTakeAway(time) {
                    problems.withLock { $0.append("\(call.kind) of \(id) at \(time), inside a blackout") }
                }
            case .list, .create, .read, .verify, .activity, .enable: break
            }
            return fault().map { .fault($0) }
        })
    }

    var sinkHooks: ScriptedSink.Hooks {
        ScriptedSink.Hooks(before: { [self] _ in fault().map { .fault(SinkFault($0.message)) } })
    }
}
