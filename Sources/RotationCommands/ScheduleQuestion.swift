internal import FoundationEssentials
internal import KeyRotation

/// Which times of an expression somebody wants to know.
struct ScheduleQuestion {
    let expression: String
    let zone: String
    /// Seconds since 1970.
    let from: Int
    let count: Int

    /// Years 1 to 9999, by far more than any key lives.
    private static let instants = -62_135_596_800...253_402_300_799
    static let counts = 1...10_000

    /// Why there is no answer.
    struct Refusal: Error, CustomStringConvertible {
        let description: String
    }

    /// The times, in seconds since 1970.
    func answer() throws(Refusal) -> [Int] {
        guard Self.instants.contains(from) else {
            throw Refusal(description: "from must be within the years 1 to 9999")
        }
        guard Self.counts.contains(count) else {
            throw Refusal(description: "the count must be \(Self.counts.lowerBound) to \(Self.counts.upperBound)")
        }
        let times: [Int]
        do throws(CronError) {
            times = CronSchedule(try CronExpression(expression), in: try timeZone()).times(after: from, count: count)
        } catch {
            throw Refusal(description: error.message)
        }
        return times
    }

    /// A place of the IANA database, or UTC: abbreviations do not say which rules they follow.
    private func timeZone() throws(CronError) -> TimeZone {
        guard let zone = Self.timeZone(zone) else {
            throw CronError(unknownZone: zone)
        }
        return zone
    }

    static func timeZone(_ name: String) -> TimeZone? {
        guard name == "UTC" || name.contains("/"), name.utf8.count <= 64 else { return nil }
        return TimeZone(identifier: name)
    }
}
