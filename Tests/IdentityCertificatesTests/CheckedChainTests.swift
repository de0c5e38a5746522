import FoundationEssentials
import IdentityCertificates
import JOSE
import SwiftASN1
import Testing
import X509

@Suite struct CheckedChainTests {
    private let chain: TestChain
    private let authority: Certificate

    init() throws {
        chain = try TestChain()
        authority = try chain.root.sign(chain.intermediate)
    }

    @Test func whatTheServiceAnswersIsAccepted() throws {
        let leaf = try chain.leaf()
        let checked = try chain.check([leaf, authority])
        #expect(checked.pem == (try leaf.pem + authority.pem))
        #expect(checked.serial == "03EA")
        #expect(checked.subject == "C=US,O=Example Org,CN=0717_2c9f7d1e")
        #expect(checked.count == 2)
        #expect(checked.notBefore == TestAuthority.now)
        #expect(checked.notAfter == TestAuthority.now.addingTimeInterval(3_600))
        #expect(checked.usableUntil == checked.notAfter)
        #expect(checked.key.pem == chain.key.pem)
    }

    @Test func aChainEndsWithTheFirstOfItsCertificates() throws {
        let end = TestAuthority.now.addingTimeInterval(60)
        let short = try chain.root.sign(chain.intermediate) { $0.notAfter = end }
        #expect(try chain.check([try chain.leaf(), short]).usableUntil == end)
    }

    /// Seconds from the start of the first certificate, which lasts for an hour.
    private struct Times {
        var now: Double
        var authorityStart = -1.0
        var authorityEnd = 999_999.0
    }

    private static let outOfForce: [Times] = [
        Times(now: -61), Times(now: 3_600), Times(now: 1, authorityStart: 62), Times(now: 10, authorityEnd: 10),
    ]
    private static let inForce: [Times] = [
        Times(now: -60), Times(now: 0), Times(now: 3_599), Times(now: 1, authorityStart: 61),
        Times(now: 9, authorityEnd: 10),
    ]

    @Test(arguments: outOfForce.map { ($0, false) } + inForce.map { ($0, true) })
    private func eachCertificateMustBeInForce(times: Times, isAccepted: Bool) throws {
        let time = { TestAuthority.now.addingTimeInterval($0) }
        let authority = try chain.root.sign(chain.intermediate) {
            $0.notBefore = time(times.authorityStart)
            $0.notAfter = time(times.authorityEnd)
        }
        let refusal = try chain.refusal([try chain.leaf(), authority], now: time(times.now))
        #expect(refusal == (isAccepted ? nil : .notInForce))
    }

    @Test func aSerialNumberHasTwentyBytesAtMost() throws {
        let longest = try chain.leaf { $0.serial = Array(repeating: 0x7F, count: 20) }
        #expect(try chain.check([longest, authority]).serial == String(repeating: "7F", count: 20))
        let longer = try chain.leaf { $0.serial = Array(repeating: 0x7F, count: 21) }
        #expect(try chain.refusal([longer, authority]) == .malformedChain)
    }

    @Test func aLongSubjectIsCutWhereItIsShown() throws {
        let leaf = try chain.leaf {
            $0.subject = try DistinguishedName { CommonName(String(repeating: "x", count: 10_000)) }
        }
        #expect(try chain.check([leaf, authority]).subject == "CN=" + String(repeating: "x", count: 509))
    }

    @Test func aCertificateForAnotherKeyIsRefused() throws {
        let other = try TestChain()
        #expect(try chain.refusal([try other.leaf(), try other.root.sign(other.intermediate)]) == .foreignKey)
        #expect(try chain.refusal([authority, try chain.leaf()]) == .foreignKey)
    }

    @Test(arguments: [
        ("O", "Example Org", true), ("O", "Evil Org", false), ("O", "example org", false), ("ST", "Texas", true),
        ("ST", "Bavaria", false), ("L", "Austin", false), ("OU", "Platform", true), ("OU", "Other", false),
        ("CN", "anything", true), ("C", "DE", false),
    ])
    func attributesKeepTheirValueOrAreLeftOut(name: String, value: String, isAccepted: Bool) throws {
        let type: ASN1ObjectIdentifier =
            switch name {
            case "C": .RDNAttributeType.countryName
            case "ST": .RDNAttributeType.stateOrProvinceName
            case "L": .RDNAttributeType.localityName
            case "O": .RDNAttributeType.organizationName
            case "OU": .RDNAttributeType.organizationalUnitName
            default: .RDNAttributeType.commonName
            }
        let attribute = try RelativeDistinguishedName.Attribute(type: type, printableString: value)
        let leaf = try chain.leaf { $0.subject = DistinguishedName([RelativeDistinguishedName(attribute)]) }
        #expect(try chain.refusal([leaf, authority]) == (isAccepted ? nil : .wrongSubject))
    }

    @Test func anAttributeThatWasNotAskedForIsRefused() throws {
        let subject = try CertificateSubject("C=US")
        let texts = try [chain.leaf().pem, authority.pem]
        let error = #expect(throws: IdentityCertificates.CertificateError.self) {
            try CheckedChain(certificates: texts, key: chain.key, subject: subject, now: TestAuthority.now)
        }
        #expect(error?.code == .wrongSubject)
        #expect(error?.message == #"the certificate has O "Example Org", and none was asked for"#)
    }

    @Test func whatCannotBeReadAsTextIsNotTheValueThatWasAskedFor() throws {
        let value = try ASN1Any(erasing: ASN1OctetString(contentBytes: Array("Example Org".utf8)[...]))
        let attribute = RelativeDistinguishedName.Attribute(type: .RDNAttributeType.organizationName, value: value)
        let leaf = try chain.leaf { $0.subject = DistinguishedName([RelativeDistinguishedName(attribute)]) }
        #expect(try chain.refusal([leaf, authority]) == .wrongSubject)
    }

    @Test func anAuthorityIsNoInstance() throws {
        let leaf = try chain.leaf {
            $0.extensions = try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
            }
        }
        #expect(try chain.refusal([leaf, authority]) == .wrongUse)
    }

    @Test(arguments: [(true, true), (false, false)])
    func theKeyMustBeAllowedToSign(mayBeUsed: Bool, isAccepted: Bool) throws {
        let leaf = try chain.leaf {
            $0.extensions = try Certificate.Extensions {
                BasicConstraints.notCertificateAuthority
                Critical(KeyUsage(digitalSignature: mayBeUsed, keyEncipherment: true))
            }
        }
        #expect(try chain.refusal([leaf, authority]) == (isAccepted ? nil : .wrongUse))
    }
}
