/// What a template is filled with: every text in it is escaped, because there is no other way to make one.
enum PageValue {
    case text(String)
    case flag(Bool)
    case list([[String: PageValue]])

    /// For the template library, which takes anything.
    var content: Any {
        switch self {
        case .text(let text): PageText.escaping(text)
        case .flag(let flag): flag
        case .list(let rows): rows.map(Self.content)
        }
    }

    static func content(_ values: [String: PageValue]) -> [String: Any] { values.mapValues(\.content) }
}

extension PageValue: ExpressibleByStringInterpolation, ExpressibleByBooleanLiteral {
    init(stringLiteral text: String) { self = .text(text) }
    init(booleanLiteral flag: Bool) { self = .flag(flag) }

    /// A text, or nothing: then a section of that name is left out.
    static func optional(_ text: String?) -> PageValue { text.map { .text($0) } ?? .flag(false) }
}
