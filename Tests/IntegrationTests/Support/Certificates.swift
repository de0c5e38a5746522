import CloudSimulator
import Foundation
import Testing

/// Two certificate authorities and a server certificate of the first, made with OpenSSL.
struct Certificates {
    private let folder: ScratchFolder

    var authority: String { folder.path("ca.pem") }
    var otherAuthority: String { folder.path("other-ca.pem") }
    var server: TLSFiles { TLSFiles(certificate: folder.path("server.pem"), key: folder.path("server.key")) }

    init() throws {
        folder = try ScratchFolder()
        try make("ca", [])
        try make("other-ca", [])
        try make(
            "server",
            ["-addext", "subjectAltName=IP:127.0.0.1", "-CA", authority, "-CAkey", folder.path("ca.key")]
        )
    }

    private func make(_ name: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments =
            ["req", "-x509", "-subj", "/CN=\(name)", "-days", "2", "-nodes"]
            + ["-out", folder.path("\(name).pem"), "-keyout", folder.path("\(name).key")]
            + ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"] + arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }
}
