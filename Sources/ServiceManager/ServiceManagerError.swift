/// Why what the service manager handed over cannot be used, or why it cannot be told something.
package struct ServiceManagerError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: Sendable {
        /// The environment variables of the protocol contradict each other or the configuration.
        case activation
        /// A descriptor is not what its name says.
        case descriptor
        /// The stored memory is not what this daemon would have stored.
        case memory
        /// The notification socket cannot be used.
        case notification
    }

    package let code: Code
    /// What is wrong, with which name, and what to do.
    package let message: String
    package var description: String { message }

    package init(_ code: Code, _ message: String) {
        (self.code, self.message) = (code, message)
    }
}
