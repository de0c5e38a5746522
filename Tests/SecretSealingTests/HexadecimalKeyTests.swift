import Foundation
import Glibc
import JOSE
import KeyRotation
import SecretSealing
import TestFiles
import Testing

/// The file of a fleet's key, which operators make.
struct HexadecimalKeyTests {
    private static let digits = String(repeating: "0123456789abcdEF", count: 4)

    private func withFile(_ text: String, mode: mode_t = 0o600, _ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "fleet-\(UUID().uuidString.prefix(13))")
        try FileManager.default.createDirectory(
            at: folder.appending(path: "keys"),
            withIntermediateDirectories: true
        )
        defer { #expect(throws: Never.self) { try TestFiles.discard(folder) } }
        let path = folder.appending(path: "keys/fleet").path()
        try Data(text.utf8).write(to: URL(filePath: path))
        #expect(chmod(path, mode) == 0)
        try body(path)
    }

    @Test func twoMachinesWithTheSameDigitsOpenEachOthersBoxes() throws {
        var box: [UInt8] = []
        try withFile(Self.digits) { path in
            box = try AESSealer(try SealingKey.reading(hexadecimal: path)).seal(Redacted([1, 2]), for: "a")
        }
        for text in ["\(Self.digits)\n", " \(Self.digits.lowercased())\r\n\n"] {
            try withFile(text, mode: 0o440) { path in
                let sealer = try AESSealer(try SealingKey.reading(hexadecimal: path))
                #expect(try sealer.open(box, for: "a").exposed == [1, 2])
            }
        }
        try withFile("1\(Self.digits.dropFirst())") { path in
            let other = try AESSealer(try SealingKey.reading(hexadecimal: path))
            #expect(throws: SealError.self) { try other.open(box, for: "a") }
        }
    }

    @Test(arguments: [
        "", "\n", String(digits.dropLast()), "\(digits)0", "\(digits) 0", "g\(digits.dropFirst())",
        String(repeating: " ", count: 5_000),
    ])
    func whatIsNoKeyIsRefusedWithoutItsText(text: String) throws {
        try withFile(text) { path in
            let error = #expect(throws: SealError.self) { _ = try SealingKey.reading(hexadecimal: path) }
            #expect(error?.message.contains(path) == true)
            #expect(error?.message.contains(Self.digits.dropFirst().dropLast()) == false)
        }
    }

    @Test func aFileThatIsOpenToEverybodyIsRefusedWithWhatToDo() throws {
        for mode: mode_t in [0o604, 0o602, 0o601] {
            try withFile(Self.digits, mode: mode) { path in
                let error = #expect(throws: SealError.self) { _ = try SealingKey.reading(hexadecimal: path) }
                #expect(error?.message.contains("chmod 600 \(path)") == true)
            }
        }
    }

    @Test(arguments: ["/nonexistent", "/dev/null", "/"])
    func whatIsNoFileIsRefused(path: String) {
        let error = #expect(throws: SealError.self) { _ = try SealingKey.reading(hexadecimal: path) }
        #expect(error?.message.contains(path) == true)
    }
}
