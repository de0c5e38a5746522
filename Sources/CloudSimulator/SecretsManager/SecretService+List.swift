internal import FoundationEssentials
internal import Synchronization

// `GET /api/v2/secrets`, and what all lists share.
extension SecretService {
    private static let parameters: Set = ["groups", "limit", "offset", "search", "secret_types"]

    func list(_ query: [FormField]) throws(VPCError) -> JSONOutput {
        let groups = query["groups"]?.split(separator: ",").map(String.init)
        let types = query["secret_types"]?.split(separator: ",").map(String.init)
        let secrets = simulator.state.withLock { $0.vault.all }
            .filter { secret in
                (groups?.contains(secret.start.group) ?? true)
                    && (types?.contains(secret.start.type.rawValue) ?? true)
                    && (query["search"].map { secret.start.name.contains($0) } ?? true)
            }
        let url = "\(documents.url)/secrets"
        return try Self.page(query, of: secrets.map { documents.secret($0) }, as: "secrets", at: url, Self.parameters)
    }

    /// The page of `all` that `query` asks for, under `name`.
    static func page(
        _ query: [FormField],
        of all: [JSONOutput],
        as name: String,
        at url: String,
        _ parameters: Set<String>
    ) throws(VPCError) -> JSONOutput {
        if let unknown = query.first(where: { !parameters.contains($0.name) }) {
            let target = VPCError.Target(name: unknown.name, type: .parameter)
            throw .invalid("unknown_field", "the simulator does not play this query parameter", target)
        }
        let limit = try number("limit", query, in: 1...1_000, otherwise: 200)
        let offset = try number("offset", query, in: 0...1_000_000, otherwise: 0)
        let link = { (offset: Int) -> JSONOutput in
            ["href": .string("\(url)?limit=\(limit)&offset=\(offset)")]
        }
        let (lastPage, _) = max(0, all.count - 1).quotientAndRemainder(dividingBy: limit)
        return JSONOutput.object([("first", link(0))])
            .adding("last", link(lastPage * limit))
            .adding("limit", .integer(limit))
            .adding("next", all.count - offset > limit ? link(offset + limit) : nil)
            .adding("offset", .integer(offset))
            .adding("previous", offset > 0 ? link(max(0, offset - limit)) : nil)
            .adding(name, .array(Array(all.dropFirst(offset).prefix(limit))))
            .adding("total_count", .integer(all.count))
    }

    private static func number(
        _ name: String,
        _ query: [FormField],
        in range: ClosedRange<Int>,
        otherwise value: Int
    ) throws(VPCError) -> Int {
        guard let text = query[name] else { return value }
        guard let number = Int(text), range.contains(number) else {
            let target = VPCError.Target(name: name, type: .parameter, value: text)
            throw .invalid(
                "invalid_value",
                "\(name) must be between \(range.lowerBound) and \(range.upperBound)",
                target
            )
        }
        return number
    }
}
