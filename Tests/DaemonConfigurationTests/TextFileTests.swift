import DocumentReader
import Foundation
import Glibc
import TestFiles
import Testing

/// What is read of a file, and what is not.
struct TextFileTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "texts-\(UUID())").path()

    @Test(
        arguments: [
            ([], ""), (Array("a: ä\r\n".utf8), "a: ä\r\n"), ([0xEF, 0xBB, 0xBF, 0x61], "a"),
            (Array("\u{10FFFF}".utf8), "\u{10FFFF}"),
        ] as [([UInt8], String)]
    )
    func aTextIsRead(bytes: [UInt8], text: String) throws {
        try withFile(bytes) { path throws in #expect(try TextFile.read(path) == text) }
    }

    @Test(
        arguments: [
            ([0xFF, 0xFE, 0x61, 0x00], ": is UTF-16 and not UTF-8; save it as UTF-8"),
            ([0xFE, 0xFF, 0x00, 0x61], ": is UTF-16 and not UTF-8; save it as UTF-8"),
            (
                Array("a: 1\nb: \0".utf8),
                ":2: has a NUL byte, so it is UTF-16 or no text at all; save it as UTF-8"
            ),
            (
                Array("a: 1\r\nb: gr".utf8) + [0xFC] + Array("n\r\n".utf8),
                ":2: is not UTF-8, but perhaps Latin-1 or a Windows code page; save it as UTF-8"
            ),
            (
                // The second half of a character is missing.
                [0x61, 0x0A, 0x0A, 0xC3],
                ":3: is not UTF-8, but perhaps Latin-1 or a Windows code page; save it as UTF-8"
            ),
        ] as [([UInt8], String)]
    )
    func aTextInAnotherEncodingIsRefused(bytes: [UInt8], message: String) throws {
        try withFile(bytes) { path in
            let error = #expect(throws: DocumentError.self) { try TextFile.read(path) }
            #expect(error?.description == "\(path)\(message)")
        }
    }

    @Test func aFileAboveTheLimitIsRefused() throws {
        try withFile(Array("12345".utf8)) { path throws in
            #expect(try TextFile.read(path, limit: 5) == "12345")
            let error = #expect(throws: DocumentError.self) { try TextFile.read(path, limit: 4) }
            #expect(error?.description == "\(path): is larger than 4 bytes")
        }
    }

    /// A file of a terabyte that has no content on the disk.
    @Test(.timeLimit(.minutes(1))) func aHugeFileIsNotRead() throws {
        try withFile([]) { path in
            try #require(truncate(path, 1 << 40) == 0)
            let error = #expect(throws: DocumentError.self) { try TextFile.read(path, limit: DocumentSize.policy) }
            #expect(error?.description == "\(path): is larger than 8 MiB")
        }
    }

    /// Files of the kernel announce no size.
    @Test func aFileThatIsLargerThanItSaysIsRead() throws {
        #expect(try TextFile.read("/proc/self/status").contains("\nPid:"))
        let error = #expect(throws: DocumentError.self) { try TextFile.read("/proc/self/status", limit: 10) }
        #expect(error?.description == "/proc/self/status: is larger than 10 bytes")
    }

    @Test(.timeLimit(.minutes(1))) func whatIsNoFileIsNotOpened() throws {
        try withFile([]) { path in
            try #require(mkfifo("\(path).pipe", 0o600) == 0)
            try FileManager.default.createSymbolicLink(atPath: "\(path).loop", withDestinationPath: "\(path).loop")
            try FileManager.default.createSymbolicLink(atPath: "\(path).dangling", withDestinationPath: "/nowhere/a")
            try FileManager.default.createSymbolicLink(atPath: "\(path).device", withDestinationPath: "/dev/zero")
            for (name, reason) in [
                ("\(path).pipe", "it is a pipe and must be a regular file"),
                (folder, "it is a folder and must be a regular file"),
                ("/dev/zero", "it is a device and must be a regular file"),
                ("\(path).device", "it is a device and must be a regular file"),
                ("\(path).loop", "it is a circle of symbolic links"), ("\(path).dangling", "there is no such file"),
                ("\(path)/a", "there is no such file"), ("/nowhere/a", "there is no such file"),
            ] {
                let error = #expect(throws: DocumentError.self) { try TextFile.read(name) }
                #expect(error?.description == "\(name): cannot be read: \(reason)")
            }
        }
    }

    private func withFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? TestFiles.discard(URL(filePath: folder)) }
        try Data(bytes).write(to: URL(filePath: "\(folder)/a.yaml"))
        try body("\(folder)/a.yaml")
    }
}
