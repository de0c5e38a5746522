internal import AuditChain
internal import Glibc
internal import SystemPrograms

/// The files of the audit log that the command line names, the oldest first.
struct AuditFiles {
    let paths: [String]
    /// Whether they are all files of a log, so that it should begin with the first line.
    let isWholeLog: Bool

    init(_ arguments: [String]) throws(CommandFailure) {
        var paths: [String] = []
        var isWholeLog = false
        for argument in arguments {
            if let names = ChainFolder.files(in: argument) {
                isWholeLog = arguments.count == 1
                paths += names.map { argument.hasSuffix("/") ? argument + $0 : argument + "/" + $0 }
            } else if errno == ENOTDIR {
                paths.append(argument)
            } else {
                throw CommandFailure(
                    .badInput,
                    "cannot read \(argument): \(SystemError.text(errno))",
                    hint: errno == EACCES ? "only the broker's user and root may read the audit log" : nil
                )
            }
        }
        guard !paths.isEmpty else {
            throw CommandFailure(.badInput, "there is no audit log in \(arguments.joined(separator: ", "))")
        }
        (self.paths, self.isWholeLog) = (paths, isWholeLog)
    }
}
