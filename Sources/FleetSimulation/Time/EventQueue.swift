internal import HeapModule

/// What is to happen, in the order of time; at one time in the order in which it was put in.
///
/// It is a calendar: a page for each span of time, and only today's page is sorted. So an event costs the same, however many are
/// to come.
package struct EventQueue<Event: Sendable>: Sendable {
    private struct Entry: Comparable, Sendable {
        let at: Int64
        let order: UInt64
        let event: Event

        static func < (left: Entry, right: Entry) -> Bool { (left.at, left.order) < (right.at, right.order) }
        static func == (left: Entry, right: Entry) -> Bool { (left.at, left.order) == (right.at, right.order) }
    }

    private var pages: [[Entry]]
    private var today = Heap<Entry>()
    private var page = 0
    private var order: UInt64 = 0
    private let width: Int64
    private let end: VirtualTime

    /// - Parameters:
    ///   - end: what would happen then or later is left out.
    ///   - width: how long a page is, in microseconds.
    package init(end: VirtualTime, width: Int64 = 50_000) {
        (self.end, self.width) = (end, width)
        pages = Array(repeating: [], count: Int(end.microseconds / width) + 1)
    }

    /// Puts in an event; one of the past happens next.
    package mutating func schedule(_ event: Event, at time: VirtualTime) {
        guard time < end else { return }
        order &+= 1
        let entry = Entry(at: time.microseconds, order: order, event: event)
        let target = Int(max(0, time.microseconds) / width)
        if target <= page { today.insert(entry) } else { pages[target].append(entry) }
    }

    /// Takes out the next event; `nil` after the last.
    package mutating func next() -> (time: VirtualTime, event: Event)? {
        while today.isEmpty {
            guard page + 1 < pages.count else { return nil }
            page += 1
            guard !pages[page].isEmpty else { continue }
            today = Heap(pages[page])
            pages[page] = []
        }
        return today.popMin().map { (VirtualTime(microseconds: $0.at), $0.event) }
    }
}
