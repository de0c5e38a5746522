internal import COpenSSL
internal import FoundationEssentials
internal import Glibc
package import KeyRotation
internal import SecretFiles

extension SealingKey {
    private static let longestFile = 4_096

    /// The key in a file of 64 hexadecimal digits, which people make with `openssl rand -hex 32`; blanks and line feeds around them do not count.
    ///
    /// It waits for the disk.
    ///
    /// - Parameter path: such as that of a systemd credential.
    /// - Returns: the key.
    /// - Throws: ``SealError`` when the file cannot be read, is readable by everybody, or holds something else.
    package static func reading(hexadecimal path: String) throws(SealError) -> SealingKey {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw SealError("the key file \(path) cannot be opened: \(String(cString: strerror(errno)))")
        }
        defer { _ = Glibc.close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw SealError("\(path) is not a file")
        }
        guard status.st_mode & 0o007 == 0 else {
            throw SealError("the key file \(path) is open to everybody; run: chmod 600 \(path)")
        }
        var text: [UInt8]
        do {
            text = try FileContent.read(descriptor, of: path, limit: longestFile)
        } catch {
            throw SealError(error.message)
        }
        defer { text.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
        let digits = text.drop(while: isBlank)
        let end = digits.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? digits.startIndex
        guard end - digits.startIndex == 2 * length, digits[..<end].allSatisfy({ value(of: $0) != nil }) else {
            throw SealError(
                "the key file \(path) must hold \(2 * length) hexadecimal digits and nothing else; make one with: openssl rand -hex \(length)"
            )
        }
        return SealingKey { span in
            span.withUnsafeMutableBytes { bytes in
                for place in 0..<length {
                    let at = digits.startIndex + 2 * place
                    bytes[place] = (value(of: digits[at]) ?? 0) << 4 | (value(of: digits[at + 1]) ?? 0)
                }
            }
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
