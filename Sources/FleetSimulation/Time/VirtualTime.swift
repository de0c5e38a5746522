package import FoundationEssentials
package import TokenBroker

/// A time of a run: microseconds since its start.
package struct VirtualTime: Sendable, Hashable {
    package let microseconds: Int64

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// The same to the microsecond below.
    package init(seconds: Double) {
        microseconds = Int64(seconds * 1e6)
    }

    /// On the boot-time clock of every node; rounded up, so that nothing is looked at before it is due.
    package init(boot: Duration) {
        let (seconds, attoseconds) = boot.components
        microseconds = seconds * 1_000_000 + (attoseconds + 999_999_999_999) / 1_000_000_000_000
    }

    package static let start = VirtualTime(microseconds: 0)

    package var seconds: Double { Double(microseconds) / 1e6 }

    /// The whole seconds that have passed.
    var second: Int { Int(microseconds / 1_000_000) }

    package var wall: Date { Date(timeIntervalSince1970: Self.epoch + seconds) }

    /// On both clocks of a node; all nodes have the same time.
    package var moment: Moment { Moment(wall: wall, boot: .microseconds(microseconds)) }

    package func after(_ seconds: Double) -> VirtualTime {
        VirtualTime(microseconds: microseconds + Int64(seconds * 1e6))
    }

    /// 2026-01-01T00:00:00Z; nothing depends on it.
    static let epoch: TimeInterval = 1_767_225_600
}

extension VirtualTime: Comparable {
    package static func < (left: VirtualTime, right: VirtualTime) -> Bool { left.microseconds < right.microseconds }
}
