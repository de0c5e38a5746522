internal import CLinux
package import Glibc

/// The signals that come to this process while it looks after another one.
///
/// There can be one in a process. From its beginning these signals do nothing but to be kept here; one that is ignored, as
/// nohup(1) has it, stays ignored.
package struct KeptSignals: Sendable {
    /// A signal, or a wake-up.
    package struct Event: Sendable, Equatable {
        /// `nil` for a ``wakeUp()``.
        package let number: Int32?
        package let origin: Origin

        package init(_ number: Int32?, from origin: Origin) {
            (self.number, self.origin) = (number, origin)
        }
    }

    package enum Origin: Sendable, Equatable {
        /// A terminal, above all, which sends it to its whole foreground group.
        case kernel
        case process(pid_t)
    }

    private let numbers: [Int32]
    private let descriptor: Int32

    /// Keeps these signals, and that of a child's change.
    ///
    /// - Throws: the system's error number.
    package init(_ numbers: [Int32]) throws(SystemFailure) {
        self.numbers = numbers + [SIGCHLD]
        descriptor = unsafe clinux_keep_signals(self.numbers, Int32(self.numbers.count))
        guard descriptor >= 0 else { throw SystemFailure(errorNumber: -descriptor) }
    }

    /// Ends a wait, from any thread; does nothing before there are kept signals.
    package static func wakeUp() { _ = clinux_wake() }

    /// Lets the signals through to this thread; there must be one that does.
    package func unblock() throws(SystemFailure) {
        let code = unsafe clinux_unblock_signals(numbers, Int32(numbers.count))
        guard code == 0 else { throw SystemFailure(errorNumber: -code) }
    }

    /// Takes the oldest; `nil` when there is none.
    package func next() throws(SystemFailure) -> Event? {
        var signal = clinux_signal()
        let code = unsafe clinux_next_signal(&signal)
        guard code >= 0 else { throw SystemFailure(errorNumber: -code) }
        guard code > 0 else { return nil }
        let origin = signal.is_from_kernel != 0 ? Origin.kernel : .process(signal.sender)
        return Event(signal.number == 0 ? nil : signal.number, from: origin)
    }

    /// Blocks this thread until there is one, or for `limit`.
    ///
    /// - Parameters:
    ///   - limit: `nil`: as long as it takes.
    ///   - other: a descriptor that ends the wait, too, when it can be read.
    /// - Throws: the system's error number.
    package func wait(limit: Duration?, orInputOn other: Int32? = nil) throws(SystemFailure) {
        // Rounded up, so that nobody wakes too early again and again.
        let milliseconds = limit.map { Int32(clamping: Int64(max($0, .zero) / .milliseconds(1)) + 1) } ?? -1
        var descriptors = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
        if let other { descriptors.append(pollfd(fd: other, events: Int16(POLLIN), revents: 0)) }
        guard unsafe poll(&descriptors, nfds_t(descriptors.count), milliseconds) >= 0 || errno == EINTR else {
            throw SystemFailure(errorNumber: errno)
        }
    }
}

/// A call of the system failed that should not.
package struct SystemFailure: Error, CustomStringConvertible {
    package let errorNumber: Int32

    package init(errorNumber: Int32) {
        self.errorNumber = errorNumber
    }

    package var description: String { SystemError.text(errorNumber) }
}
