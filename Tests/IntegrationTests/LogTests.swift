import CloudSimulator
import Foundation
import Testing

/// The daemon's own log, where the configuration says that it goes.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct LogTests {
    /// Runs `body` with a daemon that logs to a stand-in for the journal.
    private func journaling(_ body: (World, ServerProcess) async throws -> Void) async throws {
        let folder = try ScratchFolder()
        let cloud = try World.cloud()
        let journal = try await ServerProcess(client: "journal.py", [folder.path("j")])
        try await cloud.withRunning(logger: World.logger) { address in
            var setup = Setup()
            setup.log = "log: { to: journal, journal_socket: FOLDER/j }"
            let configuration = try setup.write(to: folder, cloud: address.url)
            let daemon = try await DaemonProcess(configuration: configuration, journal: journal.log)
            try await body(World(cloud: cloud, url: address.url, folder: folder, daemon: daemon), journal)
            try await daemon.stop(secrets: [])
            try await journal.log.wait(for: #""MESSAGE": ["Stopped"]"#)
            #expect(daemon.log.text.isEmpty, "\(daemon.log.text)")
        }
        let isLeaked = journal.log.text.contains("eyJ")
        #expect(!isLeaked, "the journal holds a token")
    }

    private func ask(_ world: World, _ target: String, _ field: String) async throws -> Reply {
        try await blocking {
            let connection = try Connection(world.workload)
            try connection.send("GET \(target) HTTP/1.1\r\nHost: localhost\r\n\(field)\r\n\r\n")
            return try #require(try connection.receive(), "the daemon closed without an answer")
        }
    }

    @Test func theJournalGetsFieldsWithTheNamesOfRequestsAndDecisions() async throws {
        try await journaling { world, journal in
            #expect(try await ask(world, "/v1/token?profile=reports", "X-Request-Id: first").status == 200)
            let refusal = try await ask(world, "/v1/token?profile=locked", "X-Request-Id: second")
            #expect(refusal.status == 403 && refusal.headers["x-request-id"] == "second")
            let body = try JSONSerialization.jsonObject(with: Data(refusal.body.utf8)) as? [String: [String: Any]]
            let decision = try #require(body?["error"]?["decision"] as? String)
            try await journal.log.wait(for: decision)
            let entries = try journal.log.text.split(separator: "\n").dropFirst()
                .compactMap { try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
            func entry(_ sentence: String) throws -> [String: Any] {
                try #require(entries.first { ($0["MESSAGE"] as? [String])?.first?.hasPrefix(sentence) == true })
            }
            let obtained = try entry("Token obtained")
            #expect(obtained["IAM_BROKER_REQUEST"] as? [String] == ["first"])
            #expect(obtained["IAM_BROKER_PROFILE"] as? [String] == ["reports"])
            #expect(obtained["PRIORITY"] as? [String] == ["6"])
            #expect(obtained["SYSLOG_IDENTIFIER"] as? [String] == ["iam-brokerd"])
            let denied = try entry("Token denied")
            #expect(denied["IAM_BROKER_REQUEST"] as? [String] == ["second"])
            #expect(denied["IAM_BROKER_DECISION"] as? [String] == [decision])
            #expect(denied["PRIORITY"] as? [String] == ["5"])
            #expect((denied["CODE_FILE"] as? [String])?.first?.hasSuffix("DenialLog.swift") == true)
        }
    }

    @Test func aJournalThatStoppedStopsNobody() async throws {
        try await journaling { world, journal in
            kill(journal.processID, SIGSTOP)
            // More than its queue holds, and less than the daemon keeps.
            for number in 0..<400 {
                _ = try await ask(world, "/v1/token?profile=reports", "X-Request-Id: r\(number)")
            }
            #expect(try await ask(world, "/v1/token?profile=reports", "X-Request-Id: last").status == 200)
            kill(journal.processID, SIGCONT)
            try await journal.log.wait(for: #""IAM_BROKER_REQUEST": ["last"]"#)
        }
    }

    @Test func jsonIsOneObjectForEachLine() async throws {
        var setup = Setup()
        setup.log = "log: { to: stderr, format: json }"
        try await World.run(setup) { world in
            #expect(try await ask(world, "/v1/token?profile=locked", "X-Request-Id: mine").status == 403)
            try await world.daemon.log.wait(for: #""request":"mine""#)
            let lines = world.daemon.log.text.split(separator: "\n")
            try #require(lines.count > 3)
            for line in lines {
                let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                #expect(Set(try #require(object).keys) == ["time", "level", "message", "fields"])
            }
        }
    }

    @Test func aLogThatNobodyReadsStopsNobody() async throws {
        var setup = Setup()
        setup.log = "log: { to: stderr }"
        let folder = try ScratchFolder()
        let cloud = try World.cloud()
        try await cloud.withRunning(logger: World.logger) { address in
            let configuration = try setup.write(to: folder, cloud: address.url)
            let process = Process()
            process.executableURL = try Program.daemon.url()
            process.arguments = ["--config", configuration, "--log-level", "trace"]
            let pipe = Pipe()
            (process.standardInput, process.standardOutput, process.standardError) = (FileHandle.nullDevice, pipe, pipe)
            try process.run()
            defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
            // Of what is written one byte is read: the one that tells that it has begun.
            while try pipe.fileHandleForReading.read(upToCount: 1)?.isEmpty != false {}
            let socket = folder.path("w")
            let deadline = ContinuousClock.now + .seconds(60)
            while !FileManager.default.fileExists(atPath: socket), ContinuousClock.now < deadline { await Task.yield() }
            let status = try await blocking {
                var status = 0
                for _ in 0..<1_000 {
                    let connection = try Connection(socket)
                    try connection.send(
                        "GET /v1/token?profile=reports HTTP/1.1\r\nHost: localhost\r\nX-Strict: 1\r\n\r\n"
                    )
                    status = try connection.receive()?.status ?? 0
                }
                return status
            }
            #expect(status == 200)
        }
    }
}
