import CloudSimulator
import Foundation
import Glibc
import JOSE
import Testing

/// Files in which the daemon keeps tokens.
@Suite(.timeLimit(.minutes(2))) struct SinkTests {
    private static func policy(_ sinks: String = "[app]", _ workloads: String = "[{ uid: \(getuid()) }]") -> String {
        """
        version: 1
        grants: [{ name: files, profiles: [reports], sinks: \(sinks), workloads: \(workloads), rate: unlimited }]
        """
    }

    /// A sink whose user is told through a FIFO, so that a test can wait for it.
    private static func setup(_ members: String = "", reload: Bool = true) -> Setup {
        var setup = Setup()
        setup.policy = policy()
        let told = reload ? #", reload: [/bin/sh, "-c", "echo done > FOLDER/told"]"# : ""
        setup.sinks = "{ app: { profile: reports, path: FOLDER/out/token\(told)\(members) } }"
        return setup
    }

    private func withWorld(
        _ setup: Setup,
        _ prepare: (ScratchFolder) throws -> Void = { _ in },
        _ body: (World) async throws -> Void
    ) async throws {
        let cloud = try World.cloud()
        try await cloud.withRunning(tls: nil, logger: World.logger) { address in
            let folder = try ScratchFolder()
            try folder.createFolder("out")
            for name in ["told", "checking", "go"] { #expect(mkfifo(folder.path(name), 0o600) == 0) }
            try prepare(folder)
            try await run(setup, cloud, address.url, folder, body)
        }
    }

    private func run(
        _ setup: Setup,
        _ cloud: CloudSimulator,
        _ url: String,
        _ folder: ScratchFolder,
        stops: Bool = true,
        _ body: (World) async throws -> Void
    ) async throws {
        try? FileManager.default.removeItem(atPath: folder.path("policies"))
        let daemon = try await DaemonProcess(configuration: try setup.write(to: folder, cloud: url))
        do {
            try await body(World(cloud: cloud, url: url, folder: folder, daemon: daemon))
        } catch {
            daemon.kill(SIGKILL)
            throw error
        }
        if stops { try await daemon.stop(secrets: []) }
    }

    private func read(_ fifo: String, _ world: World) async throws -> String {
        try await Program.run(URL(filePath: "/bin/cat"), [world.folder.path(fifo)]).output
    }

    /// Waits for a reload; two that follow each other closely may be heard of at once.
    private func told(_ world: World) async throws {
        let words = try await read("told", world).split(separator: "\n")
        #expect(!words.isEmpty && words.allSatisfy { $0 == "done" }, "\(words)")
    }

    private func names(_ world: World) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: world.folder.path("out")).sorted()
    }

    private func content(_ world: World, _ name: String = "out/token") throws -> String {
        try String(contentsOfFile: world.folder.path(name), encoding: .utf8)
    }

    private func sink(_ world: World) async throws -> JSONValue {
        let run = try await Program.command.run(["status", "--json", "--socket", world.admin])
        let document = try JSONDocument(parsing: Array(run.output.utf8))
        return try #require(document.root["sinks"]?.array?.first)
    }

    private func operate(_ world: World, _ command: String) async throws {
        let run = try await Program.command.run([command, "reports", "--socket", world.admin])
        #expect(run.exitCode == 0, "\(run.errors)")
    }

    @Test func theFileHoldsTheTokenAndIsForItsReaderAlone() async throws {
        try await withWorld(Self.setup(", mode: '0640'")) { world in
            try await told(world)
            let reply = try await world.ask()
            try world.expectToken(reply)
            let isTheToken = try content(world) == (reply.token ?? "") + "\n"
            #expect(isTheToken)
            let attributes = try FileManager.default.attributesOfItem(atPath: world.folder.path("out/token"))
            #expect(attributes[.posixPermissions] as? Int == 0o640)
            #expect(try names(world) == ["token"])
            try await operate(world, "refresh")
            try await told(world)
            let isTheNext = try content(world) == (try await world.ask().token ?? "") + "\n"
            #expect(isTheNext)
        }
    }

    @Test func aLockAndAGrantThatIsTakenBackTakeTheFileAway() async throws {
        try await withWorld(Self.setup()) { world in
            try await told(world)
            try await operate(world, "lock")
            try await world.daemon.log.wait(for: #"reason="an operator locked the profile""#)
            #expect(try names(world).isEmpty)
            try await operate(world, "unlock")
            try await told(world)
            #expect(try names(world) == ["token"])
            try world.folder.write("policies/tests.yaml", Self.policy("[]"))
            try await world.daemon.log.wait(for: #"reason="policy does not grant it""#)
            #expect(try names(world).isEmpty)
            let sink = try await sink(world)
            #expect(sink["state"]?.string == "denied")
            #expect(sink["last_error"]?.string?.contains("no grant for profile reports has 'sinks: [app]'") == true)
        }
    }

    @Test func aStopTakesTheFileAwayWhereThatIsConfigured() async throws {
        let folders = try [", remove: [stop]": [], "": ["token"]]
            .map { members, left in
                (members, left, try ScratchFolder())
            }
        let cloud = try World.cloud()
        try await cloud.withRunning(tls: nil, logger: World.logger) { address in
            for (members, left, folder) in folders {
                try folder.createFolder("out")
                #expect(mkfifo(folder.path("told"), 0o600) == 0)
                try await run(Self.setup(members), cloud, address.url, folder) { try await told($0) }
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("out")) == left)
            }
        }
    }

    @Test func aContentThatFailsItsCheckIsNotSwappedIn() async throws {
        let setup = Self.setup(", check: [/bin/grep, -q, never, '{file}']", reload: false)
        try await withWorld(setup) { world in
            try await world.daemon.log.wait(for: "check: /bin/grep ended with")
            #expect(try names(world).isEmpty)
            #expect(try await sink(world)["state"]?.string == "absent")
        }
    }

    @Test func aDaemonThatIsKilledInAWriteLeavesNothingToTheNext() async throws {
        // The check waits for the test, as a slow disk would.
        let slow = Self.setup(#", check: [/bin/sh, "-c", "echo x > FOLDER/checking; read x < FOLDER/go", "{file}"]"#)
        let cloud = try World.cloud()
        try await cloud.withRunning(tls: nil, logger: World.logger) { address in
            let folder = try ScratchFolder()
            try folder.createFolder("out")
            for name in ["told", "checking", "go"] { #expect(mkfifo(folder.path(name), 0o600) == 0) }
            try await run(slow, cloud, address.url, folder, stops: false) { world in
                #expect(try await read("checking", world) == "x\n")
                let left = try names(world)
                #expect(left.count == 1 && left[0].hasPrefix(".token.iam-broker-"))
                // Whoever asks at the socket does not wait for the file.
                try world.expectToken(try await world.ask())
                world.daemon.kill(SIGKILL)
                #expect(try await world.daemon.waitForEnd() == -SIGKILL)
                #expect(try names(world) == left)
                // The program that looked at it is nobody's any more, and ends.
                try Data("\n".utf8).write(to: URL(filePath: folder.path("go")))
            }
            try await run(Self.setup(), cloud, address.url, folder) { world in
                try await told(world)
                #expect(try names(world) == ["token"])
            }
        }
    }

    /// The check waits for ever; a stop and a lock do not wait for it.
    @Test(arguments: ["stop", "lock"]) func aProgramThatHangsIsEndedByAStopAndALock(by end: String) async throws {
        let members = #", check: [/bin/sh, "-c", "echo x > FOLDER/checking; read x < FOLDER/go", "{file}"]"#
        let folder = try ScratchFolder()
        let cloud = try World.cloud()
        try await cloud.withRunning(tls: nil, logger: World.logger) { address in
            try folder.createFolder("out")
            for name in ["checking", "go"] { #expect(mkfifo(folder.path(name), 0o600) == 0) }
            try await run(Self.setup(members, reload: false), cloud, address.url, folder) { world in
                #expect(try await read("checking", world) == "x\n")
                #expect(try names(world).count == 1)
                guard end == "lock" else { return }
                try await operate(world, "lock")
                try await world.daemon.log.wait(for: "profile reports has been locked by an operator")
                #expect(try names(world).isEmpty)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("out")).isEmpty)
        }
    }

    @Test func aFolderThatBecomesALinkGetsNothing() async throws {
        try await withWorld(Self.setup()) { world in
            try await told(world)
            let (out, real) = (world.folder.path("out"), world.folder.path("real"))
            try world.folder.createFolder("elsewhere")
            try FileManager.default.moveItem(atPath: out, toPath: real)
            try FileManager.default.createSymbolicLink(
                atPath: out,
                withDestinationPath: world.folder.path("elsewhere")
            )
            let before = try content(world, "real/token")
            try await operate(world, "refresh")
            try await world.daemon.log.wait(for: "is a symbolic link or no folder")
            #expect(try FileManager.default.contentsOfDirectory(atPath: world.folder.path("elsewhere")).isEmpty)
            let isUnchanged = try content(world, "real/token") == before
            #expect(isUnchanged)
            // Back in its place, it is kept again.
            try FileManager.default.removeItem(atPath: out)
            try FileManager.default.moveItem(atPath: real, toPath: out)
            try await operate(world, "refresh")
            try await told(world)
        }
    }

    @Test func aDiskThatIsFullOrReadOnlyKeepsTheFileAndSaysSoNeedsRoot() async throws {
        try #require(geteuid() == 0, "this test needs root: it mounts a file system")
        func mount(_ world: ScratchFolder, _ options: String) async throws {
            let run = try await Program.run(
                URL(filePath: "/bin/mount"),
                ["-t", "tmpfs", "-o", options, "test", world.path("out")]
            )
            try #require(run.exitCode == 0, "\(run.errors)")
        }
        let folder = try ScratchFolder()
        try folder.createFolder("out")
        #expect(mkfifo(folder.path("told"), 0o600) == 0)
        try await mount(folder, "size=16k,mode=0700")
        defer { #expect(umount2(folder.path("out"), 0) == 0) }
        let cloud = try World.cloud()
        try await cloud.withRunning(tls: nil, logger: World.logger) { address in
            try await run(Self.setup(", require: tmpfs, remove: []"), cloud, address.url, folder) { world in
                try await told(world)
                let first = try content(world)
                try Data(count: 12 * 1_024).write(to: URL(filePath: folder.path("out/filler")))
                try await operate(world, "refresh")
                try await world.daemon.log.wait(for: "no space left on device")
                #expect(try names(world) == ["filler", "token"])
                var isUnchanged = try content(world) == first
                #expect(isUnchanged)
                try FileManager.default.removeItem(atPath: folder.path("out/filler"))
                try await operate(world, "refresh")
                // The write that failed may be tried again before that of the new token.
                let current = try #require(try await world.ask().token)
                repeat { try await told(world) } while !(try content(world).contains(current))
                let second = try content(world)
                #expect(second != first)
                try await mount(folder, "remount,ro")
                try await operate(world, "refresh")
                try await world.daemon.log.wait(for: "read-only file system")
                isUnchanged = try content(world) == second
                #expect(isUnchanged)
                try await mount(folder, "remount,rw")
                try await operate(world, "refresh")
                try await told(world)
            }
        }
    }

    @Test func aTemplateHoldsTheInstanceAndTheToken() async throws {
        var setup = Self.setup()
        setup.sinks = """
            { app: { profile: reports, path: FOLDER/out/token, template: FOLDER/app.mustache,
              reload: [/bin/sh, "-c", "echo done > FOLDER/told"] } }
            """
        let write = { @Sendable (folder: ScratchFolder) in
            try folder.write("app.mustache", "{{! of the test }}\nid={{instance.id}}\ntoken={{access_token}}\n")
        }
        try await withWorld(setup, write) { world in
            try await told(world)
            let token = try await world.ask().token ?? ""
            let isRight = try content(world) == "id=\(world.cloud.instance.id)\ntoken=\(token)\n"
            #expect(isRight)
            let fake = try await Program.command.run(
                ["sink", "render", "--fake", "--config", world.folder.path("config.yaml"), "app"]
            )
            #expect(fake.exitCode == 0 && fake.output == "id=fake-instance-id\ntoken=fake-access-token\n")
        }
    }

    @Test func renderingSaysWhatIsWrong() async throws {
        let folder = try ScratchFolder()
        try folder.write("t", "a\n{{nothing}}")
        let wrong = try await Program.command.run(["sink", "render", "--fake", "--template", folder.path("t")])
        #expect(wrong.exitCode == 78 && wrong.output.isEmpty)
        #expect(wrong.errors.contains("\(folder.path("t")):2: there is no value 'nothing'"), "\(wrong.errors)")
        let real = try await Program.command.run(["sink", "render", "--template", folder.path("t")])
        #expect(real.exitCode == 64 && real.errors.contains("say --fake"))
    }

    /// systemd's own process asks from the unit's control group; here a program of the test's does.
    @Test func systemdGetsTheCredentialOfAUnitThatAGrantNamesNeedsRoot() async throws {
        let unit = "iam-broker-test-\(getpid()).service"
        let group = try ControlGroup(unit: unit)
        var setup = Setup()
        setup.policy = Self.policy("[]", "[{ unit: \(unit) }]")
        setup.hasCredentials = true
        try await World.run(setup) { world in
            func ask(_ unit: String, _ entering: [String] = []) async throws -> String {
                let python = ["/usr/bin/python3", Program.client("unit_credential.py"), world.folder.path("c")]
                let command = entering + python + [unit, "reports"]
                let run = try await Program.run(URL(filePath: command[0]), Array(command.dropFirst()))
                #expect(run.exitCode == 0, "\(run.errors)")
                return run.output
            }
            let length = try #require(try await ask(unit, group.entering).split(separator: " ").first)
            #expect(Int(length).map { $0 > 1_000 && $0 < 4_096 } == true)
            // Not from the unit; and from it, in the name of another.
            let refused = "1048577 \(Self.zeros)\n"
            #expect(try await ask(unit) == refused)
            #expect(try await ask("other.service", group.entering) == refused)
            #expect(world.daemon.log.text.contains("Credential refused"))
            #expect(world.daemon.log.text.contains("not in this unit"))
        }
    }

    /// The SHA-256 of 1,048,577 zeros, computed by another program.
    private static let zeros = "2cb74edba754a81d121c9db6833704a8e7d417e5b13d1a19f4a52f007d644264"
}
