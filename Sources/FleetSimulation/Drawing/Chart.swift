/// Lines over the time of a run, as one SVG document: no script, and readable on light and on dark.
package struct Chart: Sendable {
    package struct Line: Sendable {
        let name: String
        /// One of the three colours, 0 to 2.
        let colour: Int
        /// In hours, and in the unit of the chart.
        let points: [(x: Double, y: Double)]
    }

    /// A level that lines are compared with.
    package struct Mark: Sendable {
        let name: String
        let y: Double
    }

    let title: String
    let unit: String
    let length: Double
    /// Values above are drawn at the upper edge.
    let top: Double
    let lines: [Line]
    var marks: [Mark] = []
    /// A span of time that is told apart, in hours, and its name.
    var span: (name: String, hours: Range<Double>)?
    /// What hours are called on the axis, and how many units an hour has.
    var axis = (name: "hours since the boot", scale: 1.0)

    /// The document.
    package var svg: String {
        var text = """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.width) \(Self.height)" role="img" font-family="sans-serif" \
            font-size="12">
            <title>\(title.escaped)</title>
            <style>
            text{fill:#333}.t{font-size:14px;font-weight:600}.g{stroke:#ccc}.m{stroke:#777;stroke-dasharray:4 3}.s{fill:#d33;fill-opacity:.13}
            .l{fill:none;stroke-width:1.6;stroke-linejoin:round}.c0{stroke:#06c}.c1{stroke:#b40}.c2{stroke:#283}
            @media(prefers-color-scheme:dark){text{fill:#ddd}.g{stroke:#444}.m{stroke:#999}.s{fill-opacity:.3}
            .c0{stroke:#6bf}.c1{stroke:#f95}.c2{stroke:#6d7}}
            </style>

            """
        text += #"<text class="t" x="\#(Self.left)" y="18">\#(title.escaped)</text>"# + "\n"
        text += spanned + grid + legend
        for mark in marks {
            let y = y(mark.y)
            text += #"<path class="m" d="M\#(Self.left) \#(y)H\#(Self.width - Self.right)"/>"# + "\n"
            text +=
                #"<text x="\#(Self.width - Self.right - 4)" y="\#(y - 4)" text-anchor="end">\#(mark.name.escaped)</text>"#
                + "\n"
        }
        for line in lines { text += #"<path class="l c\#(line.colour)" d="\#(path(line.points))"/>"# + "\n" }
        return text + "</svg>\n"
    }

    private var spanned: String {
        guard let span else { return "" }
        let (from, to) = (x(span.hours.lowerBound), x(span.hours.upperBound))
        return
            #"<rect class="s" x="\#(from)" y="\#(Self.above)" width="\#(to - from)" height="\#(Self.height - Self.above - Self.below)"/>"#
            + "\n"
            + #"<text x="\#((from + to) / 2)" y="\#(Self.above + 13)" text-anchor="middle">\#(span.name.escaped)</text>"#
            + "\n"
    }

    private var grid: String {
        var text = ""
        for part in 0...4 {
            let value = top * Double(part) / 4
            text += #"<path class="g" d="M\#(Self.left) \#(y(value))H\#(Self.width - Self.right)"/>"# + "\n"
            text += #"<text x="\#(Self.left - 6)" y="\#(y(value) + 4)" text-anchor="end">\#(value.short)</text>"# + "\n"
        }
        for part in 0...6 {
            let hours = length * Double(part) / 6
            let label = (hours * axis.scale).short
            text += #"<text x="\#(x(hours))" y="\#(Self.height - 22)" text-anchor="middle">\#(label)</text>"# + "\n"
        }
        text +=
            #"<text x="\#(Self.width - Self.right)" y="\#(Self.height - 6)" text-anchor="end">\#(axis.name.escaped)</text>"#
            + "\n"
        return text + #"<text x="\#(Self.left)" y="\#(Self.height - 6)">\#(unit.escaped)</text>"# + "\n"
    }

    private var legend: String {
        guard lines.count > 1 else { return "" }
        var (text, x) = ("", Double(Self.left))
        for line in lines {
            text +=
                #"<path class="l c\#(line.colour)" d="M\#(x.short) 32h16"/><text x="\#((x + 21).short)" y="36">\#(line.name.escaped)</text>"#
            text += "\n"
            x += 36 + Double(line.name.count) * 7
        }
        return text
    }

    private func path(_ points: [(x: Double, y: Double)]) -> String {
        points.enumerated().map { "\($0 == 0 ? "M" : "L")\(x($1.x)) \(y(min(max($1.y, 0), top)))" }.joined()
    }

    private func x(_ hours: Double) -> Double {
        (Double(Self.left) + Double(Self.width - Self.left - Self.right) * hours / length).tenths
    }

    private func y(_ value: Double) -> Double {
        (Double(Self.height - Self.below) - Double(Self.height - Self.above - Self.below) * value / top).tenths
    }

    private static let (width, height) = (760, 270)
    private static let (left, right, above, below) = (64, 16, 44, 40)
}

extension Double {
    /// To a tenth.
    fileprivate var tenths: Double { (self * 10).rounded() / 10 }

    /// As people read it on an axis: whole where it is.
    fileprivate var short: String {
        let rounded = (self * 100).rounded() / 100
        return rounded == rounded.rounded() && abs(rounded) < 1e15 ? "\(Int(rounded))" : "\(rounded)"
    }
}

extension String {
    /// As the content of an XML element.
    fileprivate var escaped: String {
        reduce(into: "") { text, character in
            switch character {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            default: text.append(character)
            }
        }
    }
}
