import CloudSimulator
import Foundation
import Glibc
import JOSE
import Testing

// What tests of rotations do and look at.
extension World {
    static let serviceID = "ServiceId-00000000-0000-4000-8000-000000000001"

    /// Runs `body` with a cloud, and a daemon that carries out `plans`; key files are for the folder `keys`.
    static func rotating(
        _ plans: [String: String],
        in cloud: CloudSimulator? = nil,
        files: [String: String] = [:],
        sourceLocation: SourceLocation = #_sourceLocation,
        _ body: (World) async throws -> Void
    ) async throws {
        try await rotating(.rotating(plans), in: cloud, files: files, sourceLocation: sourceLocation, body)
    }

    /// The same with anything else that is different.
    static func rotating(
        _ setup: Setup,
        in cloud: CloudSimulator? = nil,
        files: [String: String] = [:],
        sourceLocation: SourceLocation = #_sourceLocation,
        _ body: (World) async throws -> Void
    ) async throws {
        let cloud = try cloud ?? Self.cloud()
        try await cloud.withRunning(tls: nil, logger: logger) { address in
            let folder = try ScratchFolder()
            try folder.createFolder("keys")
            for (name, text) in files { try folder.write(name, text) }
            let configuration = try setup.write(to: folder, cloud: address.url)
            let daemon = try await DaemonProcess(configuration: configuration)
            let world = World(cloud: cloud, url: address.url, folder: folder, daemon: daemon)
            do {
                try await body(world)
            } catch {
                daemon.kill(SIGKILL)
                throw error
            }
            try await daemon.stop(secrets: cloud.apiKeys.map(\.value.exposed), sourceLocation: sourceLocation)
        }
    }

    /// `iam-broker rotation`.
    @discardableResult
    func rotation(
        _ arguments: String...,
        code: Int32 = 0,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> ProgramRun {
        let run = try await Program.command.run(["rotation"] + arguments + ["--socket", admin])
        #expect(run.exitCode == code, "\(run.output)\(run.errors)", sourceLocation: sourceLocation)
        return run
    }

    /// `iam-broker rotation … --json`.
    func rotationAnswer(
        _ arguments: String...,
        code: Int32 = 0,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> JSONValue {
        let run = try await Program.command.run(["rotation"] + arguments + ["--json", "--socket", admin])
        #expect(run.exitCode == code, "\(run.output)\(run.errors)", sourceLocation: sourceLocation)
        return try JSONDocument(parsing: Array(run.output.utf8), limits: JSONLimits(size: 1 << 22)).root
    }

    /// Where a plan stands.
    func plan(_ name: String) async throws -> JSONValue {
        try #require(try await rotationAnswer("status", name)["rotations"]?.array?.first)
    }

    /// The kinds of what happened to a plan, the oldest first.
    func events(_ plan: String) async throws -> [String] {
        let events = try #require(try await rotationAnswer("history", plan, "-n", "1000")["events"]?.array)
        return events.reversed().compactMap { $0["kind"]?.string }
    }

    /// Asks where a plan stands until it stands there; each question starts a process, which is pause enough.
    @discardableResult
    func plan(
        _ name: String,
        reaches what: String,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ isThere: (JSONValue) -> Bool
    ) async throws -> JSONValue {
        var plan = try await plan(name)
        for _ in 0..<300 where !isThere(plan) { plan = try await self.plan(name) }
        let rotation = plan["rotation"]
        let place = [
            plan["state"]?.string, plan["reason"]?.string, rotation?["phase"]?.string, rotation?["last_fault"]?.string,
        ]
        let text = place.compactMap(\.self).joined(separator: ", ")
        try #require(isThere(plan), "not \(what), but: \(text)", sourceLocation: sourceLocation)
        return plan
    }

    /// Begins a rotation, and does not wait for it.
    func begin(_ plan: String) async throws -> Reply {
        try await demand("run?plan=\(plan)&when=now")
    }

    /// A `POST` to the admin socket, below `/v1/rotations/`.
    func demand(_ target: String) async throws -> Reply {
        try await blocking {
            let connection = try Connection(admin)
            try connection.request("POST", "/v1/rotations/\(target)")
            return try #require(try connection.receive(), "the daemon closed without an answer")
        }
    }

    /// What a key file holds, without the line's end.
    func key(_ name: String) throws -> String {
        try String(contentsOfFile: folder.path("keys/\(name)"), encoding: .utf8).trimmingCharacters(in: .newlines)
    }

    /// What lies in the folder of keys.
    var keyFiles: Set<String> {
        get throws { Set(try FileManager.default.contentsOfDirectory(atPath: folder.path("keys"))) }
    }

    /// The keys of the service ID of these tests.
    var liveKeys: [SimulatedAPIKey] { cloud.apiKeys.filter { $0.serviceID == Self.serviceID } }

    /// Asks the cloud with a token of `reports`, as an operator would, and answers with the status.
    func askCloud(_ method: String, _ target: String, _ body: String = "") async throws -> Int {
        let token = try #require(try await ask().token)
        return try await status(
            "\(method) \(target)",
            ["Authorization: Bearer \(token)", "Content-Type: application/json"],
            body
        )
    }

    /// Uses an API key, as a consumer does, and answers with the status.
    func useKey(_ value: String) async throws -> Int {
        try await status(
            "POST /identity/token",
            ["Content-Type: application/x-www-form-urlencoded"],
            "grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Aapikey&apikey=\(value)"
        )
    }

    private func status(_ line: String, _ headers: [String], _ body: String) async throws -> Int {
        let port = try #require(URLComponents(string: url)?.port.flatMap(UInt16.init(exactly:)))
        let fields = ["Host: localhost", "Connection: close", "Content-Length: \(body.utf8.count)"] + headers
        return try await blocking {
            let connection = try Connection(port: port)
            try connection.send("\(line) HTTP/1.1\r\n\(fields.joined(separator: "\r\n"))\r\n\r\n\(body)")
            let head = String(decoding: try connection.drain().prefix(12), as: UTF8.self)
            return try #require(Int(head.suffix(3)), "\(head)")
        }
    }
}
