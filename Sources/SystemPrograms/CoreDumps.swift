internal import CLinux

/// Core dumps of this process, which would hold the keys that it makes.
package enum CoreDumps {
    /// Forbids them, and other processes of this user to look inside.
    ///
    /// - Returns: 0, or the number of the error.
    package static func forbid() -> Int32 { -clinux_forbid_dumps() }
}
