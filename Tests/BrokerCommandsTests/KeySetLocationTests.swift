import Testing

@testable import BrokerCommands

@Suite struct KeySetLocationTests {
    @Test(arguments: ["keys.json", "/a/b", "./https:/x", "http:", "-", "a:b", ""])
    func whatHasNoSchemeIsAFile(argument: String) throws {
        #expect(try KeySetLocation(argument: argument) == .file(path: argument))
    }

    @Test(arguments: [
        ("https://a.example", "a.example", 443, true, "/", "a.example"),
        ("HTTPS://a.example/identity/keys?x=%20y#z", "a.example", 443, true, "/identity/keys?x=%20y", "a.example"),
        ("https://a.example:8443/k", "a.example", 8_443, true, "/k", "a.example:8443"),
        ("http://localhost/k", "localhost", 80, false, "/k", "localhost"),
        ("http://127.9.8.7:1/k", "127.9.8.7", 1, false, "/k", "127.9.8.7:1"),
        ("http://[::1]:8080/k", "::1", 8_080, false, "/k", "[::1]:8080"),
    ])
    func aURLIsTakenApart(
        argument: String,
        host: String,
        port: Int,
        isTLS: Bool,
        target: String,
        authority: String
    ) throws {
        let url = try KeySetURL(argument)
        #expect(url.host == host)
        #expect(url.port == port)
        #expect(url.isTLS == isTLS)
        #expect(url.target == target)
        #expect(url.authority == authority)
    }

    @Test(arguments: [
        "http://a.example/k", "http://127.0.0.1.a.example/k", "http://127.a.example/k", "http://0.0.0.0/k",
        "ftp://a.example/k",
        "file:///k", "https://", "https:///k", "https://u:p@a.example/k", "https://u@a.example/k",
        "https://a.example:0/k",
        "https://a.example:70000/k", "https://a.example/k\r\nX: y", "https://a.example/ k", "https://é.example/k",
    ])
    func whatIsNotSafeToAskIsRefused(argument: String) {
        #expect(throws: (any Error).self) { try KeySetLocation(argument: argument) }
    }
}
