/// Why nothing can be said about a peer.
///
/// It is then refused.
package struct AttestationError: Error, Sendable, Equatable, CustomStringConvertible {
    package let code: Code
    /// What happened, to which process, and what to do about it.
    package let description: String

    package enum Code: String, Sendable, CaseIterable {
        /// The kernel does not tell who is at the other end.
        ///
        /// It is no Unix socket, or a TCP connection from elsewhere or of several processes, or descriptors are exhausted.
        case unidentified
        /// The process ended before everything about it was known.
        case exited
        /// The process is another one than connected, or it changed its user.
        case replaced
        /// The process runs another program than before.
        case executed
        /// Too much attestation is going on, or a file system does not answer. Asking again later may help.
        case busy
        /// The kernel's account of the process cannot be read.
        case unreadable
    }

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
