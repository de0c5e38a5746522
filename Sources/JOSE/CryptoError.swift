internal import COpenSSL

/// A call into OpenSSL that should have worked did not.
package struct CryptoError: Error, Sendable, CustomStringConvertible {
    /// What was attempted, and what OpenSSL said about it.
    package let description: String

    /// Takes OpenSSL's queue of errors, which belongs to this thread, and leaves it empty.
    init(_ attempt: String) {
        var reasons: [String] = []
        while true {
            let code = ERR_get_error()
            guard code != 0 else { break }
            if let reason = ERR_reason_error_string(code) { reasons.append(String(cString: reason)) }
        }
        description = reasons.isEmpty ? attempt : "\(attempt): \(reasons.joined(separator: ", "))"
    }
}
