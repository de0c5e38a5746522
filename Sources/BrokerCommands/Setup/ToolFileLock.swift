internal import Glibc

/// The lock of a tool's file, as git and kubectl take it before they write theirs: whoever makes `PATH.lock` has it.
///
/// For the other tools it keeps two runs of `setup` apart.
struct ToolFileLock: ~Copyable {
    private let path: String

    /// - Throws: ``CommandFailure`` when somebody else has it.
    init(_ file: String) throws(CommandFailure) {
        let path = file + ".lock"
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        if descriptor < 0, errno == EEXIST {
            throw CommandFailure(
                .unavailable,
                "something else is writing \(file), which is left alone: there is \(path)",
                hint: "try again; remove that file if nothing is writing any more"
            )
        }
        guard descriptor >= 0 else { throw ToolFile.failure("cannot write \(path)", errno) }
        _ = close(descriptor)
        // Only now it is ours to take away.
        self.path = path
    }

    /// Lets others write; so does whatever ends its life earlier.
    consuming func release() {}

    deinit { _ = unsafe unlink(path) }
}
