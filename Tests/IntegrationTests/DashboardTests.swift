import BrokerMetrics
import Foundation
import Testing

/// The dashboard is one that Grafana can read, and asks for metrics that there are.
@Suite(.timeLimit(.minutes(3))) struct DashboardTests {
    @Test func theDashboardUsesMetricsOfTheCatalogue() async throws {
        let json = try JSONSerialization.jsonObject(
            with: try Data(contentsOf: Promtool.package.appending(path: "docs/dashboard.json"))
        )
        let dashboard = try #require(json as? [String: Any])
        #expect(dashboard["schemaVersion"] as? Int != nil && dashboard["uid"] as? String == "iam-broker")
        let panels = try #require(dashboard["panels"] as? [[String: Any]])
        var used: Set<String> = []
        var rules = "groups:\n- name: dashboard\n  rules:\n"
        for panel in panels where panel["type"] as? String != "row" {
            let title = try #require(panel["title"] as? String)
            let targets = try #require(panel["targets"] as? [[String: Any]], "\(title)")
            #expect(!targets.isEmpty, "\(title)")
            for target in targets {
                let expression = try #require(target["expr"] as? String, "\(title)")
                used.formUnion(MetricExpression.expectKnown(expression))
                let plain = expression.replacing("$__rate_interval", with: "5m").replacing("'", with: "''")
                rules += "  - { record: 'panel:\(rules.count)', expr: '\(plain)' }\n"
            }
        }
        #expect(Set(panels.compactMap { $0["id"] as? Int }).count == panels.count)
        try expectNoOverlap(panels)
        let folder = try ScratchFolder()
        try folder.write("rules.yaml", rules)
        try await Promtool.expectSuccess("check", "rules", folder.path("rules.yaml"))
        // What operators need is on it.
        for family in [
            MetricFamily.tokenRequests, .denials, .tokenRemaining, .upstreamDuration, .upstreamErrors, .rotationState,
            .auditQueued, .eventLoopLag, .connections, .processResidentMemory,
        ] { #expect(used.contains(family.name), "\(family.name)") }
    }

    private func expectNoOverlap(_ panels: [[String: Any]]) throws {
        var taken: Set<[Int]> = []
        for panel in panels {
            let place = try #require(panel["gridPos"] as? [String: Int])
            let (x, y) = (try #require(place["x"]), try #require(place["y"]))
            let (width, height) = (try #require(place["w"]), try #require(place["h"]))
            #expect(x >= 0 && x + width <= 24 && width > 0 && height > 0)
            for column in x..<(x + width) {
                for row in y..<(y + height) {
                    #expect(taken.insert([column, row]).inserted, "two panels in one place")
                }
            }
        }
    }
}
