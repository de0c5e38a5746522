import Foundation
import Testing

@Suite struct CertificatePythonTests {
    @Test(arguments: [("rsa4096", 4_096), ("rsa2048", 2_048), ("p256", 256)])
    func whatIsWrittenIsReadByOthers(keyType: String, bits: Int) async throws {
        let signer = try CertificateSigner()
        let certificate = try await CertificateRun(
            ["--key-type", keyType, "--bundle", "@both.pem"],
            answers: signer.answer
        )
        #expect(certificate.run.exitCode == 0, "\(certificate.run.errors)")
        let body = try #require(certificate.requests.last?.body)
        let document = try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]
        try await withScratchFolder { folder in
            let request = try #require(document?["csr"] as? String)
            let texts = [
                certificate.files["key.pem"], certificate.files["chain.pem"], certificate.files["both.pem"], request,
            ]
            let paths = try texts.enumerated()
                .map { number, text in
                    let path = folder.appending(path: "\(number).pem")
                    try Data((text ?? "").utf8).write(to: path)
                    return path.path()
                }
            try await ReferencePython.run("read_certificate.py", paths + ["\(bits)"])
        }
    }
}
