import Foundation
import TestFiles
import Testing

/// A temporary folder with two certificate authorities, and a server certificate of the first, made with OpenSSL.
struct CertificateFolder {
    private let url: URL

    func path(_ name: String) -> String { url.appending(path: name).path() }

    /// Runs `body` with a folder whose server certificate is for `address`, and removes it.
    static func run(address: String = "IP:127.0.0.1", _ body: (CertificateFolder) async throws -> Void) async throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "certificates-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        defer { #expect(throws: Never.self) { try TestFiles.discard(url) } }
        let folder = CertificateFolder(url: url)
        for name in ["ca", "other-ca"] {
            try folder.openssl(
                "req",
                "-x509",
                "-subj",
                "/CN=\(name)",
                "-days",
                "2",
                "-out",
                folder.path("\(name).pem"),
                "-keyout",
                folder.path("\(name)-key.pem"),
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes"
            )
        }
        try folder.openssl(
            "req",
            "-x509",
            "-subj",
            "/CN=server",
            "-days",
            "2",
            "-out",
            folder.path("server.pem"),
            "-keyout",
            folder.path("server-key.pem"),
            "-addext",
            "subjectAltName=\(address)",
            "-CA",
            folder.path("ca.pem"),
            "-CAkey",
            folder.path("ca-key.pem"),
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes"
        )
        try Data().write(to: url.appending(path: "empty.pem"))
        try await body(folder)
    }

    private func openssl(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }
}
