import Testing

@testable import FleetSimulation

/// Charts are whole XML, without script, and have the figures of the run.
struct ChartTests {
    private static func charts() throws -> [String] {
        let (scenario, rotation) = (FleetScenario(nodes: 5), RotationScenario(nodes: 5))
        var (run, rotationRun) = (try FleetRun(scenario), try RotationRun(rotation))
        let (record, rotated) = (run.play(), rotationRun.play())
        return [
            FleetCharts.calls(record, scenario), FleetCharts.tokens(record, scenario),
            FleetCharts.refusals(record, scenario),
            FleetCharts.acknowledgements(rotated, rotation),
        ]
        .map(\.svg)
    }

    @Test func everyElementIsClosed() throws {
        for svg in try Self.charts() {
            var open: [Substring] = []
            for part in svg.split(separator: "<").filter({ $0.contains(">") }) {
                let tag = part.prefix { $0 != ">" }
                let name = tag.prefix { $0 != " " && $0 != "/" }
                if tag.hasPrefix("/") {
                    #expect(open.popLast() == tag.dropFirst())
                } else if !tag.hasSuffix("/") {
                    open.append(name)
                }
                #expect(tag.filter { $0 == "\"" }.count.isMultiple(of: 2))
            }
            #expect(open.isEmpty)
            #expect(svg.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\""))
            #expect(!svg.contains("<script") && !svg.contains("nan") && !svg.contains("inf"))
            #expect(svg.contains("prefers-color-scheme:dark"))
            #expect(svg.utf8.count < 60_000)
        }
    }

    @Test func textIsEscaped() {
        let chart = Chart(title: "a < b & c > d", unit: "", length: 1, top: 1, lines: [])
        #expect(chart.svg.contains("a &lt; b &amp; c &gt; d"))
        #expect(!chart.svg.contains("a < b"))
    }

    @Test func aLineGoesFromTheLowerLeftToTheUpperRight() {
        let line = Chart.Line(name: "", colour: 1, points: [(x: 0, y: 0), (x: 2, y: 10), (x: 2, y: 99)])
        let chart = Chart(title: "", unit: "", length: 2, top: 10, lines: [line])
        // What is above the top is drawn at it.
        #expect(chart.svg.contains(#"d="M64.0 230.0L744.0 44.0L744.0 44.0""#))
    }
}
