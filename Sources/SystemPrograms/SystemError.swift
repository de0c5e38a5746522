internal import Glibc

/// The system's words for an error number.
package enum SystemError {
    package static func text(_ errorNumber: Int32) -> String {
        guard let text = unsafe strerror(errorNumber) else { return "error \(errorNumber)" }
        return unsafe String(cString: text).lowercased()
    }
}
