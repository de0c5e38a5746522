import Foundation
import Testing

/// Alert rules and runbook speak of each other, and of metrics that there are.
@Suite(.timeLimit(.minutes(3))) struct AlertRuleTests {
    private func document(_ path: String) throws -> String {
        try String(contentsOf: Promtool.package.appending(path: path), encoding: .utf8)
    }

    @Test func prometheusAcceptsTheRules() async throws {
        try await Promtool.expectSuccess("check", "rules", Promtool.package.appending(path: "docs/alerts.yaml").path())
    }

    @Test func eachAlertFiresWhenItShouldAndNotBefore() async throws {
        let tests = "Tests/IntegrationTests/Rules/alerts.yaml"
        try await Promtool.expectSuccess("test", "rules", Promtool.package.appending(path: tests).path())
        let tested = try document(tests)
        for alert in try alerts() {
            #expect(tested.contains("- name: \(alert) fires\n") && tested.contains("- name: \(alert) does not fire\n"))
        }
    }

    private func alerts() throws -> [String] {
        let names = try document("docs/alerts.yaml").matches(of: /- alert: ([A-Za-z]+)\n/).map { String($0.1) }
        #expect(names.count > 10 && Set(names).count == names.count)
        return names
    }

    @Test func eachAlertHasASectionInTheRunbookAndEachSectionAnAlert() throws {
        let alerts = try alerts()
        let runbook = try document("docs/runbook.md")
        #expect(runbook.matches(of: /\n## (IamBroker[A-Za-z]+)\n/).map { String($0.1) } == alerts)
        let links = try document("docs/alerts.yaml").matches(of: /runbook_url: (.*)\n/).map { String($0.1) }
        #expect(links == alerts.map { "docs/runbook.md#\($0.lowercased())" })
        for section in runbook.components(separatedBy: "\n## ").dropFirst() where section.hasPrefix("IamBroker") {
            let name = String(section.prefix { $0 != "\n" })
            for part in ["**Means:**", "**Look at:**", "**Do:**"] {
                #expect(section.contains(part), "\(name) lacks \(part)")
            }
            #expect(section.contains("```sh\n"), "\(name) has no command")
        }
    }

    // MARK: Expressions

    @Test func alertsUseMetricsOfTheCatalogue() throws {
        let rules = try document("docs/alerts.yaml")
        let expressions = rules.matches(of: /expr: ((?:.|\n)*?)\n +(?:for|labels):/).map { String($0.1) }
        #expect(expressions.count == (try alerts().count))
        for expression in expressions { MetricExpression.expectKnown(expression) }
    }

    @Test func questionsOfTheDocumentsUseMetricsOfTheCatalogue() throws {
        let blocks = try document("docs/metrics.md").matches(of: /```promql\n((?:.|\n)*?)```/)
        #expect(blocks.count >= 4)
        for block in blocks { MetricExpression.expectKnown(String(block.1)) }
    }
}
