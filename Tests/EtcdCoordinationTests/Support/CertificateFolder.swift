import Foundation
import TestFiles
import Testing

/// A temporary folder with two certificate authorities, and certificates of a server and of clients, made with OpenSSL.
struct CertificateFolder: Sendable {
    private let url: URL

    func path(_ name: String) -> String { url.appending(path: name).path() }

    /// Runs `body` with the folder: `server` and `client` are of `ca`, and `stranger` is of `other-ca`.
    static func run(_ body: (CertificateFolder) async throws -> Void) async throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "certificates-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url.appending(path: "keys"), withIntermediateDirectories: true)
        defer { #expect(throws: Never.self) { try TestFiles.discard(url) } }
        let folder = CertificateFolder(url: url)
        for name in ["ca", "other-ca"] { try await folder.make(name, []) }
        for (name, authority) in [("server", "ca"), ("client", "ca"), ("stranger", "other-ca")] {
            let signed = [
                "-addext", "subjectAltName=IP:127.0.0.1", "-CA", folder.path("\(authority).pem"), "-CAkey",
                folder.path("keys/\(authority)-key.pem"),
            ]
            try await folder.make(name, signed)
        }
        try await body(folder)
    }

    private func make(_ name: String, _ more: [String]) async throws {
        let arguments = [
            "req", "-x509", "-subj", "/CN=\(name)", "-days", "2", "-out", path("\(name).pem"), "-keyout",
            path("keys/\(name)-key.pem"), "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
        ]
        try await Tool.run("/usr/bin/openssl", arguments + more)
    }
}
