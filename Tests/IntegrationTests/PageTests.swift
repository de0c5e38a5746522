import CloudSimulator
import Foundation
import Testing

/// The status page of the running daemon, in a real browser.
@Suite(.timeLimit(.minutes(3)))
struct PageTests {
    private struct Report: Decodable {
        let views: [View]
        let keys: [Key]
        /// How many of each role a screen reader is told of, by width.
        let roles: [String: [String: Int]]
    }

    private struct View: Decodable {
        let width: Int
        let scheme: String
        /// Without where the page is.
        let requests: [String]
        let scrollWidth: Int
        let background: String
        /// The least contrast of a text with what is behind it, and the element.
        let contrast: Double
        let place: String
        let complaints: [String]
        let scripts: Int
        let images: Int
        let text: String
    }

    private struct Key: Decodable {
        let text: String
        let outlined: Bool
        let visible: Bool
    }

    /// Nobody may have `archive` but a program that does not exist; so programs are looked at.
    private static let policy = """
        version: 1
        grants:
          - { name: tests, profiles: [reports, backups], workloads: [{ uid: \(getuid()) }], rate: unlimited }
          - { name: nobody, profiles: [archive], workloads: [{ uid: \(getuid()), executable: /nonexistent }] }
        """

    @Test func everybodyCanReadItAndNothingInItRuns() async throws {
        let browser = "/usr/bin/chromium"
        try #require(FileManager.default.isExecutableFile(atPath: browser), "install chromium, as `make test` does")
        var setup = Setup()
        setup.policy = Self.policy
        try await World.run(setup) { world in
            try world.expectToken(try await world.ask())
            world.cloud.set(.status(503), for: .iamToken)
            #expect(try await world.ask("backups").status == 503)
            let name = "<img src=x onerror=alert(1)>\"\u{0301} y=\""
            try await refuse(world, to: name)

            let folder = try ScratchFolder()
            let arguments = [Program.client("page_browser.py"), browser, world.admin, folder.path("")]
            let run = try await Program.run(URL(filePath: "/usr/bin/python3"), arguments)
            try #require(run.exitCode == 0, "\(run.errors)")
            let report = try JSONDecoder().decode(Report.self, from: Data(run.output.utf8))
            expectViews(report, name: name)
            expectKeyboard(report)
            expectRoles(report)
        }
    }

    /// A program with this name wants what it may not have.
    private func refuse(_ world: World, to name: String) async throws {
        // A path of a URL would be percent-encoded.
        let program = world.folder.path("") + name
        try await Program.copy(URL(filePath: "/usr/bin/curl"), to: program)
        let target = "http://localhost/v1/token?profile=archive"
        let run = try await Program.run(
            URL(filePath: program),
            ["--silent", "--unix-socket", world.workload, target]
        )
        try #require(run.output.contains("denied"), "\(run.output)\(run.errors)")
    }

    private func expectViews(_ report: Report, name: String) {
        #expect(report.views.count == 4)
        for view in report.views {
            let place = "\(view.width) \(view.scheme)"
            #expect(view.complaints.isEmpty, "\(place): \(view.complaints)")
            // The page alone, and perhaps the icon that browsers ask for by themselves.
            #expect(view.requests.filter { $0 != "favicon.ico" } == [""], "\(place): \(view.requests)")
            #expect(view.scrollWidth <= view.width, "\(place)")
            #expect(view.contrast >= 4.5, "\(place): \(view.contrast) in \(view.place)")
            #expect(view.scripts == 0 && view.images == 0, "\(place)")
            #expect(view.text.contains("<img src=x onerror=alert(1)>"), "\(place)")
            #expect(view.text.contains("Not ready:") && view.text.contains("iam-broker refresh backups"), "\(place)")
            #expect(!view.text.contains("eyJ"), "\(place)")
            let (light, dark) = ("rgb(246, 247, 249)", "rgb(16, 21, 29)")
            #expect(view.background == (view.scheme == "dark" ? dark : light), "\(place)")
        }
    }

    /// The first key leads past everything, and wherever the focus is, it is seen.
    private func expectKeyboard(_ report: Report) {
        let names = report.keys.map(\.text)
        let expected = [
            "Skip to the content", "Profiles", "Activity", "Denials", "Keys", "Configuration", "Ask again",
            "Ask again every 30 seconds", "The same in numbers",
        ]
        #expect(names == expected)
        for key in report.keys { #expect(key.outlined && key.visible, "\(key.text)") }
    }

    /// On a narrow screen tables are blocks to the eye, and still tables to the ear.
    private func expectRoles(_ report: Report) {
        #expect(report.roles.count == 2)
        for (width, roles) in report.roles {
            #expect(roles["main"] == 1 && roles["banner"] == 1 && roles["navigation"] == 1, "\(width): \(roles)")
            #expect(roles["contentinfo"] == 1, "\(width): \(roles)")
            #expect(roles["table"] == 6, "\(width): \(roles)")
            #expect((roles["rowheader"] ?? 0) >= 8 && (roles["columnheader"] ?? 0) >= 20, "\(width): \(roles)")
            #expect((roles["heading"] ?? 0) >= 8 && (roles["region"] ?? 0) >= 5, "\(width): \(roles)")
        }
    }

    @Test func theHeadForbidsWhatThePageDoesNotNeed() async throws {
        try await World.run { world in
            let reply = try await blocking {
                let connection = try Connection(world.admin)
                try connection.request("GET", "/")
                return try #require(try connection.receive())
            }
            #expect(reply.status == 200)
            #expect(reply.headers["content-type"] == "text/html; charset=utf-8")
            #expect(reply.headers["cache-control"] == "no-store")
            #expect(reply.headers["x-content-type-options"] == "nosniff")
            #expect(reply.headers["referrer-policy"] == "no-referrer")
            #expect(
                reply.headers["content-security-policy"]?.hasPrefix("default-src 'none'; style-src 'sha256-") == true
            )
            // What is configured is there, and what could be a password is not.
            #expect(reply.body.contains("<dt>audit.folder</dt>"))
            #expect(reply.body.contains("Profile-5f2d1c3a-8b4e-4d7f-9a6c-0e1b2d3f4a5b"))
        }
    }

    @Test(arguments: [
        ("GET", "/?refresh=30", 200), ("GET", "/?refresh=1", 400), ("GET", "/?refresh=x", 400), ("GET", "/?x", 400),
        ("POST", "/", 405), ("GET", "/index.html", 404),
    ])
    func onlyWhatItIsForIsServed(method: String, target: String, status: Int) async throws {
        try await World.run { world in
            let reply = try await blocking {
                let connection = try Connection(world.admin)
                try connection.request(method, target)
                return try #require(try connection.receive())
            }
            #expect(reply.status == status)
            #expect(reply.body.contains(#"<meta http-equiv="refresh" content="30">"#) == (status == 200))
        }
    }
}
