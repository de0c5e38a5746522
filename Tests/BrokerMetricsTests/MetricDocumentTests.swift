import BrokerMetrics
import Foundation
import Testing

/// `docs/metrics.md` says what the catalogue says.
struct MetricDocumentTests {
    private static let document = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "docs/metrics.md")
    private static let begin = "<!-- table: begin -->\n"
    private static let end = "<!-- table: end -->"

    /// With `IAM_BROKER_WRITE_DOCS=1` it writes the table instead of looking at it.
    @Test func theTableIsTheCatalogue() throws {
        let text = try String(contentsOf: Self.document, encoding: .utf8)
        let begin = try #require(text.range(of: Self.begin))
        let end = try #require(text.range(of: Self.end))
        let table = MetricTable.markdown(MetricCatalogue.all)
        if ProcessInfo.processInfo.environment["IAM_BROKER_WRITE_DOCS"] == "1" {
            let new = text[..<begin.upperBound] + table + text[end.lowerBound...]
            try String(new).write(to: Self.document, atomically: true, encoding: .utf8)
            return
        }
        let isSame = text[begin.upperBound..<end.lowerBound] == table
        #expect(isSame, "run IAM_BROKER_WRITE_DOCS=1 swift test --filter MetricDocumentTests")
    }
}
