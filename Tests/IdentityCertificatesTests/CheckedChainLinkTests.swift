import FoundationEssentials
import IdentityCertificates
import JOSE
import SwiftASN1
import Testing
import X509

/// How the certificates of a chain hang together, and on whom they hang.
@Suite struct CheckedChainLinkTests {
    private let chain: TestChain
    private let leaf: Certificate
    private let authority: Certificate

    init() throws {
        chain = try TestChain()
        leaf = try chain.leaf()
        authority = try chain.root.sign(chain.intermediate)
    }

    @Test func aCertificateOfSomebodyElseIsNoLink() throws {
        let stranger = try TestAuthority("Stranger")
        let namesake = try TestAuthority("Test Intermediate")
        #expect(try chain.refusal([leaf, try chain.root.sign(stranger)]) == .brokenChain)
        // The name is right and the key is not.
        #expect(try chain.refusal([leaf, try chain.root.sign(namesake)]) == .brokenChain)
        // The key is right and the name is not.
        let renamed = try chain.root.sign(chain.intermediate) { $0.subject = stranger.name }
        #expect(try chain.refusal([leaf, renamed]) == .brokenChain)
        #expect(try chain.refusal([leaf, leaf]) == .brokenChain)
        #expect(try chain.refusal([leaf, authority, authority]) == .brokenChain)
    }

    @Test(arguments: [
        (BasicConstraints.notCertificateAuthority, nil, false), (nil, nil, true),
        (.isCertificateAuthority(maxPathLength: nil), true, true),
        (.isCertificateAuthority(maxPathLength: 0), false, false), (nil, false, false),
    ])
    func whoSignsMayDoSoWhenItSaysAnything(constraints: BasicConstraints?, mayCertify: Bool?, isAccepted: Bool) throws {
        let signer = try chain.root.sign(chain.intermediate) {
            $0.extensions = Certificate.Extensions()
            if let constraints { try $0.extensions.append(Certificate.Extension(constraints, critical: true)) }
            if let mayCertify {
                let usage = KeyUsage(digitalSignature: true, keyCertSign: mayCertify)
                try $0.extensions.append(Certificate.Extension(usage, critical: true))
            }
        }
        #expect(try chain.refusal([leaf, signer]) == (isAccepted ? nil : .brokenChain))
    }

    @Test(arguments: [(nil, true), (0, false), (1, true)])
    func aChainIsNoLongerThanAnAuthorityAllows(pathLength: Int?, isAccepted: Bool) throws {
        let top = try TestAuthority("Top").sign(chain.root, pathLength: pathLength)
        #expect(try chain.refusal([leaf, authority, top]) == (isAccepted ? nil : .brokenChain))
    }

    @Test func aChainHasEightCertificatesAtMost() throws {
        var authorities = [chain.intermediate]
        var certificates = [leaf]
        for number in 1...8 {
            let next = try TestAuthority("Authority \(number)")
            certificates.append(try next.sign(authorities[number - 1], pathLength: nil))
            authorities.append(next)
        }
        #expect(try chain.refusal(certificates) == .malformedChain)
        #expect(try chain.refusal(certificates.dropLast()) == nil)
        #expect(try chain.refusal([]) == .malformedChain)
    }

    @Test func oneCertificateIsAChain() throws {
        #expect(try chain.check([leaf]).count == 1)
    }

    @Test func onlyCertificatesInPEMAreRead() throws {
        let (first, second) = (try leaf.pem, try authority.pem)
        let der = try leaf.serializeAsPEM().derBytes
        let long = PEMDocument(type: "CERTIFICATE", derBytes: der + [0x05, 0x00]).pemString
        let key = chain.key.pem.exposed
        let request = try IdentityCertificates.CertificateSigningRequest(subject: chain.subject, key: chain.key).pem
        for text in [
            "", "garbage", first + second, first + "garbage", "garbage\n" + first, long, key, request,
            String(first.dropLast(40)), first.replacing("\nMI", with: "\n!!"),
            first.replacing("CERTIFICATE", with: "X"),
            first + "-----END CERTIFICATE-----", String(repeating: "A", count: 65_537),
            first + String(repeating: "\n", count: 65_537),
        ] {
            #expect(try chain.refusal(texts: [text, second]) == .malformedChain, "\(text.prefix(60))")
            #expect(try chain.refusal(texts: [first, text]) == .malformedChain, "\(text.prefix(60))")
        }
    }

    @Test func whatIsWrittenIsCertificatesAndNothingElse() throws {
        let texts = try ["\n \(leaf.pem)\r\n\n", try authority.pem.replacing("\n", with: "\r\n")]
        #expect(try chain.check(texts: texts).pem == (try leaf.pem + authority.pem))
    }

    @Test func rootsMustVouchForTheChain() throws {
        let top = try chain.root.sign(chain.root, pathLength: nil)
        let roots = try TrustRoots(pem: "a comment\n" + top.pem)
        #expect(try chain.refusal([leaf, authority], roots: roots) == nil)
        #expect(try chain.refusal([leaf, authority, top], roots: roots) == nil)
        #expect(try chain.refusal([leaf, authority], roots: try TrustRoots(pem: authority.pem)) == nil)
        #expect(try chain.refusal([leaf], roots: try TrustRoots(pem: top.pem + authority.pem)) == nil)
        // The instance's own certificate vouches for nobody.
        #expect(try chain.refusal([leaf], roots: try TrustRoots(pem: leaf.pem)) == .untrusted)
        let stranger = try TestAuthority("Test Root")
        let others = try TrustRoots(pem: stranger.sign(stranger).pem)
        #expect(try chain.refusal([leaf, authority], roots: others) == .untrusted)
        #expect(try chain.refusal([leaf], roots: roots) == .untrusted)
        let old = try chain.root.sign(chain.root, pathLength: nil) { $0.notAfter = TestAuthority.now }
        #expect(try chain.refusal([leaf, authority], roots: try TrustRoots(pem: old.pem)) == .untrusted)
        let tight = try chain.root.sign(chain.root, pathLength: 0)
        #expect(try chain.refusal([leaf, authority], roots: try TrustRoots(pem: tight.pem)) == .untrusted)
    }

    @Test(arguments: ["", "garbage", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
    func rootsAreCertificates(text: String) throws {
        let error = #expect(throws: IdentityCertificates.CertificateError.self) { try TrustRoots(pem: text) }
        #expect(error?.code == .untrusted)
    }
}
