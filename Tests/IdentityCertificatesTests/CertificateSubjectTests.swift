import IdentityCertificates
import Testing

@Suite struct CertificateSubjectTests {
    @Test(arguments: [
        ("C=DE,O=Example", "C=DE,O=Example"), ("o=Example , c = DE", "C=DE,O=Example"),
        ("OU=Platform,O=Example,L=Dallas,ST=Texas,C=US", "C=US,ST=Texas,L=Dallas,O=Example,OU=Platform"),
        (#"O=Example\, Inc."#, #"O=Example\, Inc."#), (#"O=a\\b"#, #"O=a\\b"#), ("O=a=b", "O=a=b"),
        ("L=Zürich", "L=Zürich"),
    ])
    func aSubjectIsReadFromText(text: String, description: String) throws {
        let subject = try CertificateSubject(text)
        #expect("\(subject)" == description)
        #expect(try CertificateSubject("\(subject)") == subject)
    }

    @Test func partsAndTextAreTheSame() throws {
        let parts = try CertificateSubject(
            country: "US",
            state: "Texas",
            locality: "Dallas",
            organization: "Example",
            organizationalUnit: "Platform"
        )
        #expect(try CertificateSubject("C=US,ST=Texas,L=Dallas,O=Example,OU=Platform") == parts)
        #expect(parts[.locality] == "Dallas")
    }

    @Test(arguments: [
        ("", "written like"), ("Example", "written like"), ("/C=DE/O=Example", "nothing else"),
        ("C=DE,", "written like"), ("CN=host", "puts the instance's ID there"), ("E=a@b", "nothing else"),
        ("O=a,O=b", "O stands in the subject twice"), ("C=de", "two capital letters"), ("C=DEU", "two capital letters"),
        ("C=", "two capital letters"), ("C=ÄÖ", "two capital letters"), ("O=", "O must not be empty"),
        ("O=a\nb", "no control or invisible"), ("O=a\u{202E}b", "no control or invisible"),
        ("O=a\u{0}", "no control or invisible"), ("O=\ta", "no control or invisible"),
        ("O=\u{2003}a", "begin or end with a space"), ("O=a\\", "ends with a backslash"),
    ])
    func whatCannotBeAskedForIsExplained(text: String, message: String) {
        let error = #expect(throws: CertificateError.self) { try CertificateSubject(text) }
        #expect(error?.code == .invalidSubject)
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    @Test func nothingIsNoSubject() {
        let error = #expect(throws: CertificateError.self) { try CertificateSubject() }
        #expect(error?.message == "a subject must have at least one of C, ST, L, O and OU")
    }

    @Test(arguments: [("ST", 128), ("L", 128), ("O", 64), ("OU", 64)])
    func valuesHaveTheBoundsOfTheStandard(name: String, longest: Int) throws {
        _ = try CertificateSubject("\(name)=\(String(repeating: "é", count: longest))")
        let error = #expect(throws: CertificateError.self) {
            try CertificateSubject("\(name)=\(String(repeating: "é", count: longest + 1))")
        }
        #expect(error?.message == "\(name) must have at most \(longest) characters")
    }
}
