import CryptoExtras
import IdentityCertificates
import JOSE
import Testing
import X509

@Suite struct IdentityKeyTests {
    @Test(arguments: [(KeyType.rsa4096, "RSA4096"), (.rsa2048, "RSA2048"), (.p256, "P256")])
    func aKeyIsOfItsType(type: KeyType, name: String) throws {
        let key = try IdentityKey(generating: type)
        let text = key.pem.exposed
        #expect(text.hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
        #expect(text.hasSuffix("\n-----END PRIVATE KEY-----\n"))
        #expect("\(try Certificate.PrivateKey(pemEncoded: text))" == "\(name).PrivateKey")
        let again = try IdentityKey(pem: key.pem)
        #expect(again.pem == key.pem)
        let subject = try CertificateSubject("O=Example")
        #expect(try again.certifiedKey(subject) == key.certifiedKey(subject))
    }

    @Test func noKeyIsMadeTwice() throws {
        let (first, second) = (try IdentityKey(generating: .p256), try IdentityKey(generating: .p256))
        #expect(first.pem != second.pem)
    }

    @Test func aKeyShowsNothingOfItself() throws {
        let key = try IdentityKey(generating: .p256)
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), dumped] {
            for line in key.pem.exposed.split(separator: "\n") { #expect(!text.contains(line)) }
            #expect(text.contains("<redacted>"))
            #expect(!text.contains("Backing"))
        }
    }

    @Test(arguments: [
        "", "garbage", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n",
    ])
    func whatIsNoKeyIsRefusedAndNotShown(text: String) {
        let error = #expect(throws: IdentityCertificates.CertificateError.self) { try IdentityKey(pem: Redacted(text)) }
        #expect(error?.code == .unusableKey)
        #expect(error?.message == "what should be a private key (PKCS #8, PEM) is not")
    }
}
