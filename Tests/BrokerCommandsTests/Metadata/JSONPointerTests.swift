import JOSE
import Testing

@testable import BrokerCommands

@Suite struct JSONPointerTests {
    /// The document of RFC 6901 section 5.
    private static let document = #"""
        {"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}
        """#

    @Test(arguments: [
        ("", document), ("/foo", #"["bar","baz"]"#), ("/foo/0", #""bar""#), ("/", "0"), ("/a~1b", "1"),
        ("/c%d", "2"), ("/e^f", "3"), ("/g|h", "4"), (#"/i\j"#, "5"), (#"/k"l"#, "6"), ("/ ", "7"), ("/m~0n", "8"),
    ])
    func theExamplesOfTheStandardMatch(pointer: String, expected: String) throws {
        let document = try JSONDocument(parsing: Self.document)
        let pointer = try #require(JSONPointer(argument: pointer))
        guard case .value(let value) = pointer.match(in: document.root) else {
            Issue.record("no match")
            return
        }
        #expect(value.text == expected)
    }

    @Test(arguments: [
        ("/foo/2", "/foo"), ("/foo/-", "/foo"), ("/foo/00", "/foo"), ("/foo/01", "/foo"), ("/foo/", "/foo"),
        ("/foo/+1", "/foo"), ("/foo/99999999999999999999", "/foo"), ("/foo/0/x", "/foo/0"), ("/nothing/x", ""),
        ("/a~1b/x", "/a~1b"), ("/m~0n/0", "/m~0n"), ("//x", "/"),
    ])
    func whatDoesNotMatchIsToldByItsDeepestPart(pointer: String, expected: String) throws {
        let document = try JSONDocument(parsing: Self.document)
        let pointer = try #require(JSONPointer(argument: pointer))
        guard case .none(let deepest) = pointer.match(in: document.root) else {
            Issue.record("a match")
            return
        }
        #expect(deepest == expected)
    }

    @Test(arguments: ["foo", " /foo", "/a~", "/a~2", "/~/"])
    func whatIsNoPointerIsRefused(text: String) {
        #expect(JSONPointer(argument: text) == nil)
    }
}
