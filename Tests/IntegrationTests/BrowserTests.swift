import CloudSimulator
import Foundation
import Testing

/// A real browser with hostile pages in it gets nothing of the loopback listener.
@Suite(.timeLimit(.minutes(2)))
struct BrowserTests {
    /// What `browser.py` prints.
    private struct Report: Decodable {
        let exchanges: [Exchange]
        /// What each attempt came to for the page, by origin of the page and name of the attempt.
        let pages: [String: [String: String]]
    }

    /// What the browser sent to the listener, and how that was answered.
    private struct Exchange: Decodable {
        let method: String
        let target: String
        let host: String
        /// Fields by which a browser can be told, in lower case.
        let marks: [String]
        let status: Int
        let body: String
    }

    @Test func noPageGetsATokenOrReadsAWord() async throws {
        let browser = "/usr/bin/chromium"
        try #require(FileManager.default.isExecutableFile(atPath: browser), "install chromium, as `make test` does")
        var setup = Setup()
        setup.emulation = "127.0.0.1:0"
        try await World.run(setup) { world in
            let port = try world.emulationPort
            let profile = try ScratchFolder()
            let arguments = [Program.client("browser.py"), browser, "\(port)", profile.path("")]
            let run = try await Program.run(URL(filePath: "/usr/bin/python3"), arguments)
            try #require(run.exitCode == 0, "\(run.errors)")
            let report = try JSONDecoder().decode(Report.self, from: Data(run.output.utf8))

            for exchange in report.exchanges {
                #expect(exchange.status == 403, "\(exchange)")
                #expect(exchange.body.isEmpty == (exchange.method == "HEAD"), "\(exchange)")
            }
            #expect(!run.output.contains("access_token"))
            expectAttempts(report, port)
            expectBlindness(report, port)
            #expect(world.cloud.requestCount(of: .iamToken) == 0)
            expectLines(of: world)
            // Who is no browser is served.
            let reply = try await blocking {
                let connection = try Connection(port: port)
                let fields = "Host: 127.0.0.1:\(port)\r\nMetadata-Flavor: ibm\r\nContent-Length: 0\r\n"
                try connection.send("PUT /identity/v1/token?version=2025-08-26 HTTP/1.1\r\n\(fields)\r\n")
                return try connection.receive()
            }
            #expect(reply?.status == 200)
        }
    }

    /// An operator sees in the log that somebody tries, and by what it was told.
    private func expectLines(of world: World) {
        let lines = world.daemon.log.text.split(separator: "\n").filter { $0.contains("Request turned away") }
        // At most 20 a second, so it is chance which ones are there.
        #expect(!lines.isEmpty)
        for line in lines {
            #expect(line.contains("workload.uid=\(getuid())"))
            #expect(line.contains(/header=(Host|Origin|Referer|Sec-|sec-|Access-Control-)/), "\(line)")
        }
    }

    /// The attempts have really reached the listener, each page's in its own way.
    private func expectAttempts(_ report: Report, _ port: UInt16) {
        #expect(report.pages.count == 3)
        for page in report.pages.values { #expect(page.count == 36) }
        let (foreign, own) = (
            report.exchanges.filter { $0.host == "127.0.0.1:\(port)" },
            report.exchanges.filter { $0.host == "evil.example:\(port)" }
        )
        #expect(Set(foreign.map(\.method)) == ["GET", "HEAD", "OPTIONS", "POST"])
        // A page of the listener's own origin needs no preflight for any method.
        #expect(Set(own.map(\.method)) == ["GET", "HEAD", "POST", "PUT"])
        for kind in ["img", "script", "style", "frame", "events", "socket"] {
            let attempts = report.exchanges.count { $0.target.hasSuffix("?\(kind)") || $0.target.hasSuffix("&\(kind)") }
            #expect(attempts == 3, "\(kind)")
        }
        #expect(foreign.allSatisfy { !$0.marks.isEmpty })
        // Nothing but its host tells such a request from one of an honest program.
        #expect(own.contains { $0.marks.isEmpty })
    }

    /// A page of another origin cannot even see the refusal; one of the same origin sees nothing else.
    private func expectBlindness(_ report: Report, _ port: UInt16) {
        for (origin, page) in report.pages {
            let isRebound = origin == "http://evil.example:\(port)"
            for (name, seen) in page {
                let isBlind =
                    ["opaque 0 ", "fails", "load", "error", "true"].contains(seen) || seen.hasPrefix("error ")
                let isRefusal = seen.contains(#""code":"unauthorized""#) || seen == "basic 403 "
                #expect(isRebound ? isBlind || isRefusal : isBlind, "\(origin), \(name): \(seen)")
            }
        }
    }
}
