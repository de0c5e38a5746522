import BrokerMetrics
import Foundation
import Glibc
import JOSE
import Testing

/// What the running daemon serves is what the catalogue says, and Prometheus's own tools accept it.
@Suite(.timeLimit(.minutes(3))) struct MetricsTests {
    private static let key = """
        target: { iam-api-key: { service_id: \(World.serviceID) } }
        idle: none
        disabled: 0s
        schedule: { cron: "0 0 1 1 *", max_age: 90d }
        """

    /// A daemon that has one of everything that metrics speak of.
    private static func everything() -> Setup {
        var setup = Setup.rotating([
            "quick": "\(key)\noverlap: 1s\npublish: [ { file: { path: FOLDER/keys/quick } } ]",
            "slow": "\(key)\noverlap: 1h\npublish: [ { file: { path: FOLDER/keys/slow } } ]",
        ])
        setup.policy = """
            version: 1
            grants:
              - name: tests
                profiles: [reports]
                rotations: [quick, slow]
                sinks: [app]
                workloads: [ { uid: \(getuid()) } ]
                rate: unlimited
            """
        setup.certificates = """
            { share: { subject: "C=DE,O=Example", key_type: p256, lifetime: 5m, key: FOLDER/keys/key.pem,
              chain: FOLDER/keys/chain.pem } }
            """
        setup.sinks = "{ app: { profile: reports, path: FOLDER/keys/token } }"
        (setup.emulation, setup.metrics, setup.hasCredentials) = ("127.0.0.1:0", "127.0.0.1:0", getuid() == 0)
        return setup
    }

    private func page(_ connect: @escaping @Sendable () throws -> Connection, host: String) async throws -> String {
        try await blocking {
            let connection = try connect()
            try connection.send("GET /metrics HTTP/1.1\r\nHost: \(host)\r\n\r\n")
            let reply = try #require(try connection.receive())
            #expect(reply.status == 200, "\(reply.body)")
            #expect(reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            return reply.body
        }
    }

    private func page(_ world: World) async throws -> String {
        let socket = world.admin
        return try await page({ try Connection(socket) }, host: "localhost")
    }

    /// The metrics of a page with their types.
    private func families(_ page: String) -> [String: String] {
        let lines = page.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ") }
        return Dictionary(uniqueKeysWithValues: lines.map { (String($0[2]), String($0[3])) })
    }

    private func value(_ series: String, _ page: String) -> Double? {
        page.split(separator: "\n").first { $0.hasPrefix(series + " ") }
            .flatMap { Double($0.dropFirst(series.count + 1)) }
    }

    @Test func whatIsServedIsTheCatalogue() async throws {
        try await World.rotating(Self.everything()) { world in
            try world.expectToken(try await world.ask())
            #expect(try await world.ask("backups").status == 403)
            try await world.rotation("run", "--now", "--wait", "quick")
            try await world.rotation("run", "--now", "--wait", "slow")
            try await world.rotation("run", "--now", "slow")
            try await world.plan("slow", reaches: "the overlap") { $0["rotation"]?["phase"]?.string == "overlap" }

            let expected = Dictionary(uniqueKeysWithValues: MetricCatalogue.all.map { ($0.name, $0.kind.word) })
            var page = try await page(world)
            // A sink and a certificate may take a moment.
            while families(page) != expected || value(#"iam_broker_sink_state{sink="app",state="written"}"#, page) != 1
            {
                page = try await self.page(world)
                if Task.isCancelled { break }
            }
            #expect(families(page) == expected)
            let isKnown = !page.contains("=\"(other)\"")
            #expect(isKnown, "a label has a word that the catalogue does not know")
            #expect(value("iam_broker_metrics_unknown_total", page) == 0)
            try await expectNumbers(page)
            try await expectPrometheusToAccept(page, world)
            // No token, and no text that somebody chose beside the names in the configuration.
            let isPlain = !page.contains("eyJ") && !page.contains(world.folder.path(""))
            #expect(isPlain)

            let port = try #require(world.daemon.log.text.firstMatch(of: /metrics=127\.0\.0\.1:([0-9]+)/)?.1)
            let number = try #require(UInt16(port))
            let other = try await self.page({ try Connection(port: number) }, host: "127.0.0.1:\(number)")
            #expect(families(other) == expected)
        }
    }

    private func expectNumbers(_ page: String) async throws {
        for (series, expected) in [
            (#"iam_broker_token_requests_total{profile="reports",outcome="released"}"#, 1.0),
            (#"iam_broker_token_requests_total{profile="backups",outcome="denied"}"#, 1),
            (#"iam_broker_denials_total{profile="backups",reason="nobody_may"}"#, 1),
            (#"iam_broker_profile_state{profile="reports",state="fresh"}"#, 1),
            (#"iam_broker_acquisitions_total{profile="reports",outcome="obtained"}"#, 1),
            (#"iam_broker_upstream_duration_seconds_count{call="token_exchange"}"#, 1),
            (#"iam_broker_rotation_state{plan="quick",state="waiting"}"#, 1),
            (#"iam_broker_rotation_state{plan="slow",state="rotating"}"#, 1),
            (#"iam_broker_rotation_key_max_age_seconds{plan="quick"}"#, 7_776_000),
            ("iam_broker_policy_generation", 1), ("iam_broker_policy_last_reload_successful", 1),
            ("iam_broker_audit_lost_total", 0), ("iam_broker_audit_failing", 0),
            (#"iam_broker_connections{listener="admin"}"#, 1),
        ] { #expect(value(series, page) == expected, "\(series)") }
        let remaining = try #require(value(#"iam_broker_token_remaining_seconds{profile="reports"}"#, page))
        #expect(remaining > 3_000 && remaining <= 3_600)
        let success = try #require(
            value(#"iam_broker_token_last_success_timestamp_seconds{profile="reports"}"#, page)
        )
        #expect(abs(success - Date().timeIntervalSince1970) < 170)
        let start = try #require(value("process_start_time_seconds", page))
        #expect(start <= success + 1 && start > success - 170)
        #expect(try #require(value("iam_broker_audit_written_total", page)) > 5)
        #expect(try #require(value(#"iam_broker_event_loop_lag_seconds_count{loop="0"}"#, page)) >= 1)
    }

    private func expectPrometheusToAccept(_ page: String, _ world: World) async throws {
        let run = try await Program.run(Promtool.url(), ["check", "metrics"], input: page)
        #expect(run.exitCode == 0 && run.errors.isEmpty && run.output.isEmpty, "\(run.output)\(run.errors)")
    }
}
