import Foundation
import IdentityCertificates
import Testing
import X509

/// OpenSSL, which IBM's documentation uses, reads what we write.
@Suite struct OpenSSLTests {
    @Test(arguments: [
        (KeyType.rsa4096, "sha256WithRSAEncryption"), (.rsa2048, "sha256WithRSAEncryption"),
        (.p256, "ecdsa-with-SHA256"),
    ])
    func aRequestIsVerified(type: KeyType, algorithm: String) async throws {
        try await withScratchFolder { folder in
            let key = try IdentityKey(generating: type)
            let subject = try CertificateSubject(#"C=DE,ST=Bayern,L=München,O=Example\, Inc.,OU=Platform"#)
            let request = try IdentityCertificates.CertificateSigningRequest(subject: subject, key: key)
            try request.pem.write(to: folder.appending(path: "request.pem"), atomically: false, encoding: .utf8)
            let output = try openssl(
                [
                    "req", "-in", "request.pem", "-verify", "-noout", "-subject", "-text", "-nameopt",
                    "RFC2253,-esc_msb,utf8",
                ],
                in: folder
            )
            #expect(output.contains("verify OK"), "\(output)")
            #expect(output.contains(#"subject=OU=Platform,O=Example\, Inc.,L=München,ST=Bayern,C=DE"#), "\(output)")
            #expect(output.contains("Signature Algorithm: \(algorithm)"))
            #expect(output.contains("Version: 1 (0x0)"))
            let words = output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(words.contains("Attributes: (none) Requested Extensions: Signature Algorithm:"), "\(words)")
            #expect(!output.contains("CN="))
        }
    }

    @Test(arguments: [KeyType.rsa2048, .p256])
    func filesAreReadAndFitEachOther(type: KeyType) async throws {
        try await withScratchFolder { folder in
            let path = { (name: String) in folder.appending(path: name).path() }
            let chain = try TestChain()
            let key = try IdentityKey(generating: type)
            var content = TestAuthority.Content(chain.name)
            content.notBefore = TestAuthority.now.addingTimeInterval(-60)
            let leaf = try chain.intermediate.sign(content, try key.certifiedKey(chain.subject))
            let root = try chain.root.sign(chain.root, pathLength: nil)
            let checked = try CheckedChain(
                certificates: [leaf.pem, chain.root.sign(chain.intermediate).pem],
                key: key,
                subject: chain.subject,
                now: TestAuthority.now
            )
            try CertificateFiles(key: path("key"), chain: path("chain"), bundle: path("bundle")).write(checked)
            try root.pem.write(toFile: path("root"), atomically: false, encoding: .utf8)
            let ofKey = try openssl(["pkey", "-in", "key", "-pubout"], in: folder)
            for file in ["chain", "bundle"] {
                #expect(try openssl(["x509", "-in", file, "-noout", "-pubkey"], in: folder) == ofKey)
            }
            #expect(try openssl(["pkey", "-in", "bundle", "-pubout"], in: folder) == ofKey)
            #expect(
                try openssl(["x509", "-in", "chain", "-noout", "-serial"], in: folder) == "serial=\(checked.serial)\n"
            )
            let time = String(Int(TestAuthority.now.timeIntervalSince1970))
            let verified = try openssl(
                ["verify", "-attime", time, "-CAfile", "root", "-untrusted", "chain", "chain"],
                in: folder
            )
            #expect(verified == "chain: OK\n")
        }
    }

    private func openssl(_ arguments: [String], in folder: URL) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = arguments
        process.currentDirectoryURL = folder
        // Some of what OpenSSL has to say goes to standard error; all of it is less than a pipe holds.
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        process.waitUntilExit()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        return String(decoding: output, as: UTF8.self)
    }
}
