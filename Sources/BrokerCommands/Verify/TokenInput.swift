internal import JOSE

/// A token as a person gives it: the content of a file or of standard input.
enum TokenInput {
    /// More than any token that is accepted, with white space around it.
    private static let limit = 128 * 1_024

    /// Reads a token, without the ASCII white space before and after it.
    static func read(path: String?) throws(CommandFailure) -> UnverifiedToken {
        let bytes = try InputFile(path: path).readAll(limit: limit)
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        let trimmed = bytes.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
        return UnverifiedToken(compact: String(decoding: Array(trimmed), as: UTF8.self))
    }
}
