import Testing

@testable import BrokerCommands

@Suite struct MIMEDocumentTests {
    private static let document = """
        Content-Type: multipart/mixed; boundary="==B;1=="
        MIME-Version: 1.0

        to be ignored
        --==B;1==
        Content-Type: text/cloud-config; charset="utf-8"
        Content-Disposition: attachment;
         filename="a;\\"b.yaml"

        #cloud-config

        packages: [jq]
        --==B;1== not a delimiter
        --==B;1==
        Content-Type: Text/X-ShellScript; name=run.sh
        Content-Transfer-Encoding: BASE64

        IyEvYmluL3NoCg==

        --==B;1==--
        to be ignored too
        """

    private func texts(_ document: String) throws -> [String] {
        try MIMEDocument.parts(of: Array(document.utf8)).map { String(decoding: $0.content, as: UTF8.self) }
    }

    @Test(arguments: [document, document.replacing("\n", with: "\r\n")])
    func partsAreFound(document: String) throws {
        let parts = try MIMEDocument.parts(of: Array(document.utf8))
        #expect(parts.map(\.contentType) == ["text/cloud-config", "text/x-shellscript"])
        #expect(parts.map(\.filename) == ["a;\"b.yaml", "run.sh"])
        #expect(parts.map(\.transferEncoding) == [nil, "base64"])
        let lineEnd = document.contains("\r\n") ? "\r\n" : "\n"
        let first = ["#cloud-config", "", "packages: [jq]", "--==B;1== not a delimiter"]
        #expect(try texts(document) == [first.joined(separator: lineEnd), "IyEvYmluL3NoCg==" + lineEnd])
    }

    @Test func partsWithinPartsAreParts() throws {
        let inner = "Content-Type: multipart/alternative; boundary=B2\n\n--B2\n\none\n--B2\n\ntwo\n--B2--\n"
        let text = "Content-Type: multipart/mixed; boundary=B1\n\n--B1\n\(inner)--B1\n\nthree\n--B1--\n"
        #expect(try texts(text) == ["one", "two", "three"])
    }

    @Test func aDocumentThatIsNotClosedEndsWithItsText() throws {
        #expect(try texts("Content-Type: multipart/mixed; boundary=B\n\n--B\n\none\n--B\n\ntwo") == ["one", "two"])
    }

    @Test(arguments: [
        ("#cloud-config\npackages:\n  - jq\n", "text/cloud-config"), ("#!/bin/sh\necho: a\n", "text/x-shellscript"),
        ("a: b\nc: d\n\nmultipart/mixed", "text/plain"), ("", "text/plain"), ("\n\n", "text/plain"),
    ])
    func anythingElseIsOnePart(document: String, type: String) throws {
        let parts = try MIMEDocument.parts(of: Array(document.utf8))
        #expect(parts == [MIMEPart(contentType: type, content: Array(document.utf8)[...])])
    }

    private static func nested(_ depth: Int) -> String {
        (0..<depth).map { "Content-Type: multipart/mixed; boundary=B\($0)x\n\n--B\($0)x\n" }.joined() + "\nend"
    }

    private static func parts(_ count: Int) -> String {
        "Content-Type: multipart/mixed; boundary=B\n\n" + String(repeating: "--B\n\nx\n", count: count) + "--B--"
    }

    @Test func theLimitsThemselvesAreAllowed() throws {
        #expect(try texts(Self.nested(8)) == ["end"])
        #expect(try texts(Self.parts(256)).count == 256)
        let boundary = String(repeating: "b", count: 70)
        #expect(try texts("Content-Type: multipart/mixed; boundary=\(boundary)\n\n--\(boundary)\n\nx") == ["x"])
    }

    @Test(arguments: [
        (nested(9), MIMEError.tooDeep(limit: 8)), (parts(257), .tooManyParts(limit: 256)),
        ("Content-Type: multipart/mixed\n\n--B\n\nx", .boundary),
        ("Content-Type: multipart/mixed; boundary=\"\"\n\n--\n\nx", .boundary),
        ("Content-Type: multipart/mixed; boundary=\(String(repeating: "b", count: 71))\n\nx", .boundary),
        ("Content-Type: multipart/mixed; boundary=B\n\nx", .noParts),
        ("Content-Type: multipart/mixed; boundary=B\n\n--B--", .noParts),
        (
            "Content-Type: multipart/mixed; boundary=B\nX: \(String(repeating: "x", count: 16_384))",
            .headerTooLarge(limit: 16_384)
        ),
    ])
    func hostileDocumentsAreRefused(document: String, error: MIMEError) {
        #expect(throws: error) { try MIMEDocument.parts(of: Array(document.utf8)) }
    }

    @Test func noCutAndNoChangedByteTraps() throws {
        let bytes = Array(Self.document.utf8)
        var parted = 0
        for index in bytes.indices {
            parted += (try? MIMEDocument.parts(of: Array(bytes[..<index])))?.count ?? 0
            for byte: UInt8 in [0, 0x0A, 0x0D, 0x22, 0x2D, 0x3B, 0x80, 0xFF] {
                var changed = bytes
                changed[index] = byte
                parted += (try? MIMEDocument.parts(of: changed))?.count ?? 0
            }
        }
        #expect(parted > bytes.count)
    }
}
