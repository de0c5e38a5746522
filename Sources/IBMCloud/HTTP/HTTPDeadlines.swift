/// How long one HTTP call may take, each counted from its start.
package struct HTTPDeadlines: Sendable, Hashable {
    /// Until the connection stands; with https, until it is encrypted.
    package var connect: Duration
    /// Until the head of the answer is there, all of it.
    package var firstByte: Duration
    /// Until the last byte of the answer.
    package var total: Duration

    package init(connect: Duration, firstByte: Duration, total: Duration) {
        (self.connect, self.firstByte, self.total) = (connect, firstByte, total)
    }

    /// For the link-local metadata address, where silence is the usual sign of a service that is off.
    package static let linkLocal = HTTPDeadlines(connect: .seconds(2), firstByte: .seconds(5), total: .seconds(5))
    /// For services over the network.
    package static let network = HTTPDeadlines(connect: .seconds(5), firstByte: .seconds(10), total: .seconds(15))
}
