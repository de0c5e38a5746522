/// How often tokens may be handed out: `count` in each `period`, evenly refilled, `count` at once at most.
package struct Rate: Sendable, Hashable {
    /// At least 1.
    package let count: Int
    package let period: Duration

    package init(count: Int, per period: Duration) {
        self.count = count
        self.period = period
    }

    /// What a grant without `rate` allows: far more than a client needs that keeps its token, and little enough that a loop
    /// gone wild is noticed.
    package static let standard = Rate(count: 600, per: .seconds(60))
}

extension Rate: CustomStringConvertible {
    package var description: String {
        switch period {
        case .seconds(1): "\(count)/s"
        case .seconds(60): "\(count)/m"
        case .seconds(3_600): "\(count)/h"
        default: "\(count) in \(period)"
        }
    }
}
