internal import Glibc
internal import MessageDigests

/// Why the audit log cannot be written.
package struct AuditFileError: Error, Sendable, Equatable {
    package enum Code: String, Sendable, CaseIterable {
        /// Another process writes to the same log.
        case inUse = "in_use"
        /// The folder or the file is not as it must be: another owner, a symbolic link, open to others.
        case unsafe
        /// What the log ends with is not what a broker writes, so the chain cannot be continued.
        case notUnderstood = "not_understood"
        /// The operating system refused.
        case failed
    }

    package let code: Code
    package let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// `doing` what failed, for the reason in `errno`.
    static func system(_ doing: String, _ number: Int32 = errno) -> AuditFileError {
        let reason = strerror(number).map { String(cString: $0).lowercased() } ?? "error \(number)"
        return AuditFileError(.failed, "cannot \(doing): \(reason)")
    }

    static func digest(_ error: DigestError) -> AuditFileError { AuditFileError(.failed, "\(error)") }
}

extension AuditFileError: CustomStringConvertible {
    package var description: String { message }
}
