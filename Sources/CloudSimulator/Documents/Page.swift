/// One page of a list of a VPC API: `start` names the element that a page begins with.
struct Page {
    private let elements: [JSONOutput]
    private let all: [JSONOutput]
    private let limit: Int
    private let url: String

    /// The parameters that choose a page.
    static let parameters: Set = ["start", "limit"]

    /// Takes the page that `query` asks for; `url` is what the links of the page begin with.
    init(_ query: [FormField], of all: [JSONOutput], at url: String) throws(VPCError) {
        guard let limit = Int(query["limit"] ?? "50"), (1...100).contains(limit) else {
            throw Self.invalid("limit", query, "limit must be between 1 and 100")
        }
        var first = 0
        if let start = query["start"] {
            guard let index = all.firstIndex(where: { $0.id == start }) else {
                throw Self.invalid("start", query, "start must be that of a link to a page")
            }
            first = index
        }
        (self.all, self.limit, self.url) = (all, limit, url)
        elements = Array(all[first...].prefix(limit))
        next = all.dropFirst(first + limit).first?.id
    }

    /// The `start` of the page after this one, if there is one.
    private let next: String?

    /// The page with its elements under `name`.
    func document(_ name: String) -> JSONOutput {
        JSONOutput.object([("first", ["href": .string("\(url)?limit=\(limit)")])])
            .adding("limit", .integer(limit))
            .adding("next", next.map { ["href": .string("\(url)?limit=\(limit)&start=\($0)")] })
            .adding(name, .array(elements))
            .adding("total_count", .integer(all.count))
    }

    private static func invalid(_ name: String, _ query: [FormField], _ message: String) -> VPCError {
        .invalid("invalid_value", message, VPCError.Target(name: name, type: .parameter, value: query[name]))
    }
}

extension JSONOutput {
    /// The text of the member `id`.
    var id: String? {
        guard case .string(let text)? = self["id"] else { return nil }
        return text
    }
}
