import Foundation
import Testing

/// What `setup docker` does to a file that belongs to somebody else.
@Suite(.timeLimit(.minutes(2))) struct SetupDockerTests {
    /// A home with a file, and a link of the helper in PATH.
    private struct Home {
        let folder: URL
        let profile: String?

        var file: URL { folder.appending(path: ".docker/config.json") }
        var backup: URL { folder.appending(path: ".docker/config.json.before-iam-broker") }

        func text(_ url: URL? = nil) -> String? { try? String(contentsOf: url ?? file, encoding: .utf8) }

        func write(_ text: String, mode: Int = 0o644) throws {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: file)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path())
        }

        func mode() throws -> Int {
            try #require(try FileManager.default.attributesOfItem(atPath: file.path())[.posixPermissions] as? Int)
        }

        func run(_ options: String...) async throws -> CommandRun {
            let environment = ["HOME": folder.path(), "PATH": "/usr/bin:" + folder.appending(path: "bin").path()]
            let profile = profile.map { ["--profile", $0] } ?? []
            let arguments = ["setup", "docker"] + profile + options
            return try await CommandRun(arguments, input: Data(), environment: environment)
        }
    }

    private func withHome(profile: String? = nil, link: Bool = true, _ body: (Home) async throws -> Void) async throws {
        try await withScratchFolder { folder in
            let bin = folder.appending(path: "bin")
            try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
            let name = "docker-credential-iam-broker" + (profile.map { "-\($0)" } ?? "")
            if link {
                try FileManager.default.createSymbolicLink(
                    at: bin.appending(path: name),
                    withDestinationURL: CommandRun.executable
                )
            }
            try await body(Home(folder: folder, profile: profile))
        }
    }

    private static let odd = #"""
        {  "auths" : {"a.example":{"auth":"c2VjcmV0"}},
          "credHelpers":{ "gcr.io":"gcloud" } , "z": [1.0e2, "é\u00e9"]}
        """#

    @Test func aFileIsMadeFoundInPlaceAndGone() async throws {
        try await withHome { home in
            #expect(try await home.run("--check").exitCode == 1)
            #expect(home.text() == nil)
            let run = try await home.run()
            #expect(run.exitCode == 0, "\(run.errors)")
            #expect(run.output.contains("added icr.io, us.icr.io, de.icr.io, uk.icr.io; the helper is "))
            let hosts = ["icr.io", "us.icr.io", "de.icr.io", "uk.icr.io"].map { "\t\t\"\($0)\": \"iam-broker\"" }
            #expect(home.text() == "{\n\t\"credHelpers\": {\n\(hosts.joined(separator: ",\n"))\n\t}\n}\n")
            #expect(try home.mode() == 0o600)
            let again = try await home.run()
            #expect(again.exitCode == 0 && again.output.contains("in place"))
            #expect(try await home.run("--check").exitCode == 0)
            #expect(try await home.run("--undo").exitCode == 0)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: home.file.deletingLastPathComponent().path())
                    .isEmpty
            )
            #expect(try await home.run("--undo").output.contains("nothing of iam-broker is in it"))
        }
    }

    @Test func whatElseIsInTheFileStaysAndComesBackAsItWas() async throws {
        try await withHome(profile: "reports") { home in
            try home.write(Self.odd, mode: 0o640)
            #expect(try await home.run("--host", "us.icr.io").exitCode == 0)
            let text = try #require(home.text())
            #expect(
                text.contains(#""auths": {"a.example":{"auth":"c2VjcmV0"}}"#)
                    && text.contains(#""z": [1.0e2, "é\u00e9"]"#)
            )
            #expect(text.contains("\"gcr.io\": \"gcloud\",\n\t\t\"us.icr.io\": \"iam-broker-reports\"\n"))
            #expect(try home.mode() == 0o640)
            #expect(home.text(home.backup) == Self.odd)
            #expect(try await home.run("--host", "de.icr.io").exitCode == 0)
            #expect(home.text(home.backup) == Self.odd)
            #expect(try await home.run("--undo").exitCode == 0)
            #expect(home.text() == Self.odd)
            #expect(home.text(home.backup) == nil)
        }
    }

    @Test func whatSomebodyElseChangedSinceIsKept() async throws {
        try await withHome { home in
            try home.write(Self.odd)
            #expect(try await home.run("--host", "us.icr.io").exitCode == 0)
            try home.write(try #require(home.text()).replacing("1.0e2", with: "2"))
            #expect(try await home.run("--undo").exitCode == 0)
            let text = try #require(home.text())
            #expect(text.contains("[2, ") && text.contains("gcloud") && !text.contains("icr.io\": \"iam"))
            #expect(home.text(home.backup) == nil)
        }
    }

    @Test func aLinkStaysALink() async throws {
        try await withHome { home in
            try home.write("{}")
            let real = home.folder.appending(path: "dotfile")
            try FileManager.default.moveItem(at: home.file, to: real)
            try FileManager.default.createSymbolicLink(at: home.file, withDestinationURL: real)
            #expect(try await home.run("--host", "us.icr.io").exitCode == 0)
            #expect(home.text(real)?.contains("iam-broker") == true)
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: home.file.path()) == real.path())
            #expect(try await home.run("--undo").exitCode == 0)
            #expect(home.text(real) == "{}")
        }
    }

    @Test(
        arguments: [
            ("", Int32(65)), ("[]", 65), ("{", 65), (#"{"credHelpers":[]}"#, 65), (#"{"credHelpers":{"a":1}}"#, 65),
            (#"{"a":1,"a":2}"#, 65), (#"{"credHelpers":{"us.icr.io":"other"}}"#, 1),
            (#"{"credHelpers":{"us.icr.io":"iam-broker-other"}}"#, 1),
            (#"{"credHelpers":{"us.icr.io":"iam-brokerx"}}"#, 1),
            ("{\"a\":\"" + String(repeating: "a", count: 1 << 20) + "\"}", 65),
        ] as [(String, Int32)]
    )
    func whatIsNotUnderstoodOrSomebodyElsesIsLeftAlone(text: String, exitCode: Int32) async throws {
        try await withHome { home in
            try home.write(text)
            #expect(try await home.run("--host", "us.icr.io").exitCode == exitCode)
            #expect(home.text() == text)
            #expect(home.text(home.backup) == nil)
        }
    }

    @Test func withoutTheHelperInPathNothingIsChanged() async throws {
        try await withHome(link: false) { home in
            let run = try await home.run()
            #expect(run.exitCode == 1)
            #expect(run.errors.contains("docker-credential-iam-broker is nowhere in PATH"))
            #expect(home.text() == nil)
        }
    }

    @Test func whatIsPrintedIsOursAlone() async throws {
        try await withHome { home in
            try home.write(Self.odd)
            let run = try await home.run("--print", "--host", "us.icr.io")
            #expect(run.output == "{\n\t\"credHelpers\": {\n\t\t\"us.icr.io\": \"iam-broker\"\n\t}\n}\n")
            #expect(home.text() == Self.odd)
        }
    }

    @Test(arguments: [
        ["--host", "docker.io"], ["--host", "icr.io.evil.example"], ["--host", "https://us.icr.io"],
        ["--host", "US.icr.io"],
        ["--profile", "../x"], ["--profile", ""], ["--check", "--undo"],
    ])
    func wrongUsageChangesNothing(options: [String]) async throws {
        try await withHome { home in
            let run = try await CommandRun(
                ["setup", "docker"] + options,
                input: Data(),
                environment: ["HOME": home.folder.path(), "PATH": home.folder.appending(path: "bin").path()]
            )
            #expect(run.exitCode == 64)
            #expect(home.text() == nil)
        }
    }
}
