import DaemonConfiguration
import DocumentReader
import Foundation
import IdentityCertificates
import Testing

/// What `certificates` may say.
struct CertificateSettingTests {
    private static let place = "key: /c/key.pem, chain: /c/chain.pem"

    private func setting(_ members: String) throws(DocumentError) -> CertificateSetting? {
        try configuration("certificates: { share: { \(members) } }").certificates.first
    }

    @Test func mostOfItHasDefaults() throws {
        let setting = try #require(try setting("subject: 'C=DE,O=Example', \(Self.place)"))
        #expect(setting.name == "share")
        #expect(setting.subject.description == "C=DE,O=Example")
        #expect(setting.keyType == .rsa4096)
        #expect(setting.lifetime == 3_600)
        #expect(setting.files == (try CertificateFiles(key: "/c/key.pem", chain: "/c/chain.pem")))
        #expect(setting.roots == nil)
        #expect(setting.reload == nil)
        #expect(try configuration().certificates.isEmpty)
    }

    @Test func allOfItCanBeSaid() throws {
        let setting = try #require(
            try setting(
                """
                subject: 'O=Example', key_type: p256, lifetime: 10m, \(Self.place), bundle: /c/both.pem, owner: reports,
                group: iam-broker, mode: '0640', reload: [/usr/bin/systemctl, reload, 'a b']
                """
            )
        )
        #expect(setting.keyType == .p256)
        #expect(setting.lifetime == 600)
        #expect(
            setting.files
                == (try CertificateFiles(
                    key: "/c/key.pem",
                    chain: "/c/chain.pem",
                    bundle: "/c/both.pem",
                    owner: 1_001,
                    group: 991,
                    mode: 0o640
                ))
        )
        #expect(setting.reload == ["/usr/bin/systemctl", "reload", "a b"])
    }

    @Test(arguments: [
        ("", "subject"), ("subject: 'C=DE'", "key"), ("subject: 'C=DE', key: /c/k", "chain"),
        ("subject: 'CN=x', \(place)", "subject"), ("subject: 'C=Germany', \(place)", "subject"),
        ("subject: 'C=DE', key: k, chain: /c/c", "absolute path"),
        ("subject: 'C=DE', key: /c/k, chain: /c/", "does not name a file"),
        ("subject: 'C=DE', \(place), key_type: dsa", "rsa4096, rsa2048, p256"),
        ("subject: 'C=DE', \(place), lifetime: 299s", "lifetime"),
        ("subject: 'C=DE', \(place), lifetime: 61m", "lifetime"),
        ("subject: 'C=DE', \(place), mode: '0644'", "a file with a secret"),
        ("subject: 'C=DE', \(place), mode: rw", "octal"),
        ("subject: 'C=DE', \(place), owner: nobody-here", "no user 'nobody-here'"),
        ("subject: 'C=DE', \(place), owner: '4294967295'", "no user"),
        ("subject: 'C=DE', key: /c//k, chain: /c/c", "'//'"), ("subject: 'C=DE', key: /c/../k, chain: /c/c", "'//'"),
        ("subject: 'C=DE', \(place), group: nobody-here", "no group 'nobody-here'"),
        ("subject: 'C=DE', \(place), reload: []", "absolute path"),
        ("subject: 'C=DE', \(place), reload: [systemctl]", "absolute path"),
        ("subject: 'C=DE', \(place), reload: systemctl", "reload"),
        ("subject: 'C=DE', \(place), roots: /nonexistent/roots.pem", "/nonexistent/roots.pem"),
        ("subject: 'C=DE', \(place), country: DE", "country"),
    ])
    func whatCannotBeMeantIsAnError(members: String, message: String) throws {
        let error = #expect(throws: DocumentError.self) { try setting(members) }
        #expect(error?.line == 3 || error?.file == "/nonexistent/roots.pem", "\(String(describing: error))")
        #expect("\(try #require(error))".contains(message), "\(String(describing: error))")
    }

    @Test func twoCertificatesDoNotShareAFile() throws {
        let error = #expect(throws: DocumentError.self) {
            try configuration(
                "certificates:",
                "  a: { subject: 'C=DE', \(Self.place) }",
                "  b: { subject: 'C=DE', key: /c/other.pem, chain: /c/key.pem }"
            )
        }
        #expect(error?.line == 5)
        #expect("\(try #require(error))".contains("certificates.a"))
    }

    @Test func onlyTheMetadataServiceGivesCertificates() throws {
        let error = #expect(throws: DocumentError.self) {
            try configuration(
                "identity: { token_file: /token }",
                "certificates: { a: { subject: 'C=DE', \(Self.place) } }"
            )
        }
        #expect("\(try #require(error))".contains("token_file"))
    }

    @Test(arguments: [(16, true), (17, false)])
    func thereAreAtMostSixteen(count: Int, isAllowed: Bool) {
        let members = (0..<count).map { "c\($0): { subject: 'C=DE', key: /c/\($0).key, chain: /c/\($0).pem }" }
        let read = try? configuration("certificates: { \(members.joined(separator: ", ")) }")
        #expect((read != nil) == isAllowed)
    }
}
