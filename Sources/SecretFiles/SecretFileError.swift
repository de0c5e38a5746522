internal import Glibc

/// Why a file cannot hold a secret, or could not be written.
package struct SecretFileError: Error, Sendable, Hashable {
    /// What callers switch on.
    package enum Code: Sendable, Hashable {
        /// A path, a folder, a file system or a mode under which a secret is not safe: somebody has to change it.
        case unsafePlace
        /// A folder on the way is not there, and so no file is.
        case noFolder
        /// The system refused to read or write.
        case systemFailure
    }

    package let code: Code
    /// For people: what failed, and on which path.
    package let message: String

    package init(_ code: Code, _ message: String) {
        (self.code, self.message) = (code, message)
    }

    /// What the system refused, with its own words for the reason.
    package static func failure(_ what: String, _ errorNumber: Int32) -> SecretFileError {
        let reason = unsafe strerror(errorNumber).map { unsafe String(cString: $0).lowercased() }
        return SecretFileError(.systemFailure, "\(what): \(reason ?? "error \(errorNumber)")")
    }
}

extension SecretFileError: CustomStringConvertible {
    package var description: String { message }
}
