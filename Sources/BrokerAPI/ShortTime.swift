/// Spans of time for tables.
package enum ShortTime {
    /// `42m 0s`, `1h 5m`: two units at most.
    package static func text(seconds: Int) -> String {
        let sign = seconds < 0 ? "-" : ""
        let seconds = seconds.magnitude
        if seconds < 60 { return "\(sign)\(seconds)s" }
        if seconds < 3_600 { return "\(sign)\(seconds / 60)m \(seconds % 60)s" }
        if seconds < 86_400 { return "\(sign)\(seconds / 3_600)h \(seconds % 3_600 / 60)m" }
        return "\(sign)\(seconds / 86_400)d \(seconds % 86_400 / 3_600)h"
    }

    /// The same for the time between two, in seconds since 1970; those that the other side makes up do no harm.
    package static func text(from start: Int, to end: Int) -> String {
        let (seconds, isTooFar) = end.subtractingReportingOverflow(start)
        return text(seconds: isTooFar ? (end > start ? .max : .min) : seconds)
    }
}
