internal import BrokerAPI
internal import Glibc

/// What people read while a command runs.
enum StandardError {
    /// Writes `message` with the program's name in front, made safe for a terminal, and without anything like a token.
    ///
    /// A failed write has nobody to be told to, so it is not reported.
    static func write(_ message: String) {
        let lines = message.split(separator: "\n", omittingEmptySubsequences: false)
            .map { TerminalText.escaping(String($0)) }
        let text = "iam-broker: " + TokenMask.masking(lines.joined(separator: "\n")) + "\n"
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            guard written > 0 else { return }
            bytes = bytes.dropFirst(written)
        }
    }
}
