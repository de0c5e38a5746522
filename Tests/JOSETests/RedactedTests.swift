import FoundationEssentials
import JOSE
import Testing

@Suite struct RedactedTests {
    private static let secret = "open-sesame-5f2d"

    private struct Holder {
        let name: String
        let secret: Redacted<String>
    }

    private static func printed(_ value: Any) -> [String] {
        var printed = ""
        print(value, to: &printed)
        debugPrint(value, to: &printed)
        var dumped = ""
        dump(value, to: &dumped)
        return [printed, dumped, String(describing: value), String(reflecting: value), "\(value)"]
    }

    @Test func itPrintsThePlaceholderInEveryForm() {
        let redacted = Redacted(Self.secret)
        for text in Self.printed(redacted) {
            #expect(text.contains("<redacted>"))
            #expect(!text.contains(Self.secret))
        }
        #expect("\(redacted)" == "<redacted>")
        #expect(redacted.description == "<redacted>")
        #expect(redacted.debugDescription == "<redacted>")
    }

    @Test func whatHoldsItPrintsThePlaceholderInEveryForm() {
        let redacted = Redacted(Self.secret)
        let holders: [Any] = [
            Holder(name: "a", secret: redacted), [redacted], ["a": redacted], [redacted: 1], Optional(redacted) as Any,
            (1, redacted), Set([redacted]), Result<Redacted<String>, Rejection>.success(redacted), Redacted(redacted),
            UnverifiedToken(compact: Self.secret), Redacted(Array(Self.secret.utf8)),
        ]
        for holder in holders {
            for text in Self.printed(holder) {
                #expect(text.contains("<redacted>"))
                #expect(!text.contains(Self.secret))
                #expect(!text.contains("111, 112, 101, 110"))
            }
        }
    }

    @Test func itReflectsNothing() {
        let mirror = Mirror(reflecting: Redacted(Self.secret))
        #expect(mirror.children.isEmpty)
        #expect(mirror.superclassMirror == nil)
    }

    @Test func itIsComparedAndHashedByTheSecret() {
        #expect(Redacted("a") == Redacted("a"))
        #expect(Redacted("a") != Redacted("b"))
        #expect(Set([Redacted("a"), Redacted("a"), Redacted("b")]).count == 2)
        #expect(Redacted(Self.secret).exposed == Self.secret)
    }

    @Test func aVerifiedTokenPrintsNeitherTokenNorSignature() throws {
        let key = try SharedKeys.key()
        let compact = try key.token(claims: ProfileToken.claims())
        let verdict = TokenVerifier(.init())
            .verify(
                UnverifiedToken(compact: compact),
                with: try SharedKeys.set(key),
                now: Date(timeIntervalSince1970: ProfileToken.now)
            )
        guard case .accept(let token) = verdict else {
            Issue.record("a genuine token was not accepted")
            return
        }
        #expect(token.compact.exposed == compact)
        for text in Self.printed(token) {
            #expect(text.contains("VerifiedToken"))
            for part in compact.split(separator: ".") { #expect(!text.contains(part)) }
        }
    }
}
