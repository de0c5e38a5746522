internal import Glibc

/// Why it cannot be said who is at the other end of a TCP connection.
///
/// The peer is then refused.
package struct TCPAttestationError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        /// No socket, or no process, of this machine is the peer, or none that may be asked about.
        case notFound = "not_found"
        /// Several sockets or processes could be the peer.
        case ambiguous
        /// The process runs as another user, or in another container, than its socket says.
        case foreignOwner = "foreign_owner"
        /// Something that had to be read could not be, so that nothing is proved.
        case unreadable
        /// The search took too long.
        case timedOut = "timed_out"
        /// The kernel did not answer the question.
        case kernelRefused = "kernel_refused"
    }

    package let code: Code
    /// What happened, to what, and what to do about it, for operators.
    package let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    static func kernelRefused(_ what: String, _ code: CInt) -> Self {
        Self(.kernelRefused, "\(what): \(FileFault(code: code))")
    }

    static func hungUp(_ who: String) -> Self {
        Self(.notFound, "\(who) has hung up; it has to keep its connection open until it is answered")
    }

    static func elsewhere(_ remote: TCPEndpoint) -> Self {
        Self(
            .notFound,
            "the TCP peer \(remote) is not in the daemon's network namespace, or has hung up; name its container in a "
                + "grant, or use the Unix socket"
        )
    }

    /// `what` could not be read; the kernel lets only those with the two capabilities look at other users' descriptors.
    static func unreadable(_ what: String, _ fault: FileFault) -> Self {
        let hint =
            fault.isDenial
            ? "; the daemon needs CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH to tell which process holds a TCP connection"
            : ""
        return Self(.unreadable, "could not read \(what): \(fault)\(hint)")
    }
}

extension AttestationError {
    init(_ error: TCPAttestationError) {
        let code: Code =
            switch error.code {
            case .notFound, .ambiguous, .kernelRefused: .unidentified
            case .foreignOwner: .replaced
            case .unreadable: .unreadable
            case .timedOut: .busy
            }
        self.init(code, error.description)
    }
}
