import BrokerAPI
import FoundationEssentials
import MessageDigests
import Testing

@testable import StatusPage

/// The page is what it is given, and nothing of that is more than text.
struct StatusPageTests {
    private func html(_ material: PageMaterial) throws -> String {
        String(decoding: try StatusPage().render(material), as: UTF8.self)
    }

    /// The number of elements, attributes included, is the same whatever the texts are.
    @Test(arguments: [
        "</style><script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "<!--",
        "]]>", "&lt;script&gt;", "{{style}} {{{style}}} {{>x}} {{#findings}}", "\"\u{0301} onmouseover=alert(1) x=\"",
        "<\u{0338}script>", "\u{202E}evil", "\u{0}", "javascript:alert(1)", "\r\n\r\n<p>", "\u{2028}<b>",
    ])
    func whatOthersChooseIsText(hostile: String) throws {
        let (plain, page) = (try html(PageWorld.material("why")), try html(PageWorld.material(hostile)))
        for mark in ["<", ">", "\"", "'", "{{"] {
            let count = { (text: String) in text.unicodeScalars.split(separator: mark.unicodeScalars).count }
            #expect(count(page) == count(plain), "\(mark)")
        }
        #expect(!page.contains("<script") && !page.contains("<img"))
        #expect(!page.unicodeScalars.contains { VisibleText.isUnsafe($0) && $0 != "\n" })
    }

    @Test func noTokenIsEverOnThePage() throws {
        let token = "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjF9.c2lnbmF0dXJl"
        #expect(!(try html(PageWorld.material("the answer was \(token)"))).contains("eyJ"))
    }

    @Test func theStyleIsTheOneThatThePolicyNames() throws {
        let page = try StatusPage()
        let text = try html(PageWorld.material())
        let start = try #require(text.firstRange(of: "<style>")).upperBound
        let end = try #require(text.firstRange(of: "</style>")).lowerBound
        let hash = try SHA256.digest(of: text[start..<end].utf8)
        let policy = page.contentSecurityPolicy
        #expect(policy.contains("style-src 'sha256-\(Data(hash.bytes).base64EncodedString())';"))
        #expect(policy.hasPrefix("default-src 'none'; "))
        for directive in ["form-action 'none'", "frame-ancestors 'none'", "base-uri 'none'"] {
            #expect(policy.contains(directive))
        }
        #expect(!policy.contains("unsafe"))
    }

    @Test func nothingComesFromElsewhereAndNothingRuns() throws {
        let page = try html(PageWorld.material())
        for word in ["http:", "https:", "//", " style=", "<script", "<form", "<iframe", " onclick", "url(", "@import"] {
            #expect(!page.contains(word), "\(word)")
        }
    }

    @Test func whatIsLockedIsNotSaidToWaitForAQuestion() throws {
        let page = try html(PageWorld.material())
        #expect(page.split(separator: "when unlocked").count == 2)
        #expect(page.split(separator: "when asked for").count == 2)
    }

    @Test func aBarShowsWhatIsLeftAndWhereItIsRenewed() throws {
        let page = try html(PageWorld.material())
        #expect(page.contains(#"aria-label="66 % of its life remains, renewed at 41 %""#))
        #expect(
            page.contains(
                #"<rect class="fill" width="66" height="10"/><rect class="mark" x="41" width="1" height="10"/>"#
            )
        )
        // One who has no token has no bar.
        #expect(page.split(separator: #"class="bar""#).count == 2)
        #expect(page.contains("no token"))
    }

    @Test func theChartHasABarForEachMinuteInWhichSomethingHappened() throws {
        let page = try html(PageWorld.material())
        let minutes = PageWorld.material().activity.minutes
        let bars = page.split(separator: #" width="5" "#).count - 1
        #expect(bars == minutes.count { $0.released > 0 } + minutes.count { $0.refused > 0 })
        #expect(page.contains(#"<rect class="refused" x="0" y="0" width="5" height="100"/>"#))
        #expect(page.contains("6 refused, 2 a minute at most"))
    }

    @Test func aYoungDaemonHasItsBarsAtTheRight() throws {
        var material = PageWorld.material()
        material.activity.minutes = [
            .init(start: PageWorld.now, released: 1_000_000, refused: 0),
            .init(start: PageWorld.now + 60, released: 1, refused: 0),
        ]
        let page = try html(material)
        #expect(page.contains(#"<rect class="fill" x="708" y="0" width="5" height="100"/>"#))
        #expect(page.contains(#"<rect class="fill" x="714" y="97" width="5" height="3"/>"#))
        #expect(page.contains("none refused"))
        #expect(page.contains("1\u{A0}000\u{A0}001 handed out"))
    }

    @Test(arguments: [("ok", "Ready: all"), ("degraded", "Ready, but look at this:"), ("failing", "Not ready:")])
    func theVerdictIsSaidInWords(status: String, words: String) throws {
        var material = PageWorld.material()
        material.status.health?.status = status
        let page = try html(material)
        #expect(page.contains("<title>iam-broker: \(status)</title>"))
        #expect(page.contains(words))
        // A daemon that does not say how it is, is not well.
        material.status.health = nil
        #expect(try html(material).contains("Not ready:"))
    }

    @Test func aBrowserAsksAgainOnlyWhenToldTo() throws {
        var material = PageWorld.material()
        #expect(!(try html(material)).contains("http-equiv"))
        material.refresh = 30
        let page = try html(material)
        #expect(page.contains(#"<meta http-equiv="refresh" content="30">"#))
        #expect(page.contains("Stop asking again every 30 seconds"))
    }

    @Test func whatIsNotThereIsLeftOut() throws {
        let status = StatusResponse(version: "1", profiles: [], keyIDs: [])
        let page = try html(PageMaterial(status: status, activity: ActivityResponse(now: 0, profiles: [])))
        for word in [#"id="rotations""#, #"id="sinks""#, #"id="certificates""#] { #expect(!page.contains(word)) }
        #expect(page.contains("Nobody was refused within the last hour."))
        #expect(page.contains("None was fetched yet."))
    }

    @Test func aPageIsToBeRead() throws {
        var material = PageWorld.material()
        material.activity.workloads = (0..<256)
            .map { .init(workload: .init(kind: "user", name: nil, userID: $0), profile: "reports", released: 2) }
        material.activity.releasedToOthers = 5
        let page = try html(material)
        #expect(page.contains(">uid 19<") && !page.contains(">uid 20<"))
        #expect(page.contains("477 more tokens went to others."))
    }

    @Test func aPhaseIsDoneNowOrAhead() throws {
        let page = try html(PageWorld.material())
        #expect(page.contains(#"<li class="done">publish</li>"#))
        #expect(page.contains(#"<li class="now" aria-current="step">overlap</li>"#))
        #expect(page.contains(#"<li class="ahead">delete</li>"#))
    }
}
