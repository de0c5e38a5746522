/// What attestation is about to touch, for whoever watches it.
package enum AttestationAccess: Sendable, Hashable {
    /// A file below `/proc/PID`, by its name there.
    case processFile(String)
    /// A path in the daemon's view of the file system.
    case path(String)
    /// The content of an executable, to compute its digest.
    case content
}

/// Is told of each access, on the thread that makes it and before it is made.
package typealias AttestationObserver = @Sendable (AttestationAccess) -> Void
