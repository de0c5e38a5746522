import Foundation
import Testing

@Suite struct MetadataEnableTests {
    private static let id = "0717_2c9f7d1e"

    private static func document(_ enabled: Bool, _ name: String, _ hops: Int) -> String {
        let service = #"{"enabled":\#(enabled),"protocol":"\#(name)","response_hop_limit":\#(hops)}"#
        return #"{"id":"\#(id)","status":"running","metadata_service":\#(service)}"#
    }

    /// Runs the command with a broker that has a token and a VPC API that answers `before` to GET and `after` to PATCH.
    private func run(
        _ arguments: [String],
        _ before: FakeDaemon.Script,
        _ after: FakeDaemon.Script = .close
    ) async throws -> (CommandRun, ScriptedServer) {
        let token =
            #"{"access_token":"\#(MetadataAnswers.token)","token_type":"Bearer","expires_in":9,"expires_at":1788256800,"profile":"ops"}"#
        return try await FakeDaemon.onSocket(.answer("200 OK", token)) { socket, daemon in
            try await ScriptedServer.onPort({ $0.line.hasPrefix("PATCH ") ? after : before }) { api in
                let run = try await CommandRun(
                    ["metadata", "enable", "--instance", Self.id, "--region", "us-south", "--profile", "ops"]
                        + ["--socket", socket, "--url", "http://127.0.0.1:\(api.port)"] + arguments,
                    input: Data()
                )
                #expect(daemon.requests.lines == ["GET /v1/token?profile=ops HTTP/1.1"])
                #expect(!run.errors.contains("eyJ") && !run.output.contains("eyJ"))
                return (run, api)
            }
        }
    }

    @Test func onlyWhatDiffersIsChanged() async throws {
        let (run, api) = try await run(
            ["--protocol", "https", "--hop-limit", "2", "--yes"],
            .answer("200 OK", Self.document(false, "https", 1)),
            .answer("200 OK", Self.document(true, "https", 2))
        )
        #expect(run.exitCode == 0, "\(run.errors)")
        #expect(
            run.output == """
                instance 0717_2c9f7d1e
                SETTING             BEFORE  AFTER
                enabled             false   true
                protocol            https   https
                response_hop_limit  1       2
                stop and start needed: an instance created with the service off must be stopped and started
                  ibmcloud is instance-stop 0717_2c9f7d1e
                  ibmcloud is instance-start 0717_2c9f7d1e

                """
        )
        let target = "/v1/instances/0717_2c9f7d1e?version=2026-06-23&generation=2"
        #expect(api.lines == ["GET \(target) HTTP/1.1", "PATCH \(target) HTTP/1.1"])
        #expect(api.requests.last?.body == #"{"metadata_service":{"enabled":true,"response_hop_limit":2}}"#)
        #expect(api.requests.last?.fields["content-type"] == "application/merge-patch+json")
        #expect(api.requests.allSatisfy { $0.fields["authorization"] == "Bearer \(MetadataAnswers.token)" })
    }

    @Test func whatIsSetAlreadyIsLeftAlone() async throws {
        let (run, api) = try await run(["--yes"], .answer("200 OK", Self.document(true, "http", 1)))
        #expect(run.exitCode == 0, "\(run.errors)")
        #expect(run.output.hasPrefix("nothing to change\n"))
        #expect(!run.output.contains("stop and start"))
        #expect(api.requests.count == 1)
    }

    @Test func withoutYesNothingIsChanged() async throws {
        let (run, api) = try await run([], .answer("200 OK", Self.document(false, "http", 1)))
        #expect(run.exitCode == 1)
        #expect(run.output.contains("enabled             false   true"))
        #expect(run.errors.contains("nothing was changed"))
        #expect(api.requests.count == 1)
    }

    @Test(arguments: [
        (
            false,
            #"{"before":{"enabled":false,"protocol":"http","response_hop_limit":1},"after":{"enabled":true,"protocol":"https","response_hop_limit":1},"restart_needed":true}"#
        ),
        (
            true,
            #"{"before":{"enabled":true,"protocol":"http","response_hop_limit":1},"after":{"enabled":true,"protocol":"https","response_hop_limit":1},"restart_needed":false}"#
        ),
    ])
    func programsGetBeforeAndAfter(wasEnabled: Bool, output: String) async throws {
        let (run, _) = try await run(
            ["--protocol", "https", "--yes", "--json"],
            .answer("200 OK", Self.document(wasEnabled, "http", 1)),
            .answer("200 OK", Self.document(true, "https", 1))
        )
        #expect(run.exitCode == 0, "\(run.errors)")
        #expect(run.output == output + "\n")
    }

    @Test(arguments: [
        (MetadataAnswers.error("401 Unauthorized", "not_authorized"), Int32(69), "is.instance.instance.read"),
        (MetadataAnswers.error("403 Forbidden", "forbidden"), 77, "is.instance.instance.read"),
        (MetadataAnswers.error("404 Not Found", "not_found"), 1, "not_found: the not_found reason"),
        (MetadataAnswers.error("500 Internal Server Error", "internal"), 69, "internal"),
        (.answer("301 Moved Permanently", "", headers: "Location: https://x/\r\n"), 69, "redirects are not followed"),
        (.answer("200 OK", "{}"), 69, "without the settings"), (.close, 69, "no answer from the VPC API"),
    ])
    func aRefusalIsShown(script: FakeDaemon.Script, exitCode: Int32, message: String) async throws {
        let (run, api) = try await run(["--yes"], script)
        #expect(run.exitCode == exitCode)
        #expect(run.output.isEmpty)
        #expect(run.errors.contains(message), "\(run.errors)")
        #expect(api.requests.count == 1)
    }

    @Test func aRefusedChangeNamesTheRole() async throws {
        let (run, _) = try await run(
            ["--yes"],
            .answer("200 OK", Self.document(false, "http", 1)),
            MetadataAnswers.error("403 Forbidden", "forbidden")
        )
        #expect(run.exitCode == 77)
        #expect(run.errors.contains("the role Editor (is.instance.instance.update)"), "\(run.errors)")
    }

    @Test func aChangeThatWasNotMadeIsNotSaidToBe() async throws {
        let unchanged = FakeDaemon.Script.answer("200 OK", Self.document(false, "http", 1))
        let (run, _) = try await run(["--yes"], unchanged, unchanged)
        #expect(run.exitCode == 69)
        #expect(run.errors.contains("did not make the whole change"))
    }

    @Test(arguments: [
        ["--region", "a.b"], ["--region", "us-south", "--hop-limit", "0"],
        ["--region", "us-south", "--hop-limit", "65"],
        ["--region", "us-south", "--protocol", "ftp"], ["--region", "us-south", "--url", "http://us-south.example"], [],
    ])
    func wrongUsageIsRefused(arguments: [String]) async throws {
        let run = try await CommandRun(["metadata", "enable", "--instance", "a"] + arguments, input: Data())
        #expect(run.exitCode == 64, "\(run.errors)")
    }
}
