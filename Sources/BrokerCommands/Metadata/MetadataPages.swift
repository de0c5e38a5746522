internal import ArgumentParser
internal import JOSE

/// All pages of a list.
///
/// Of a page's `next` only the value of `start` is used: where to read stays ours to say.
struct MetadataPages {
    private(set) var entries: [JSONValue] = []
    private var first: JSONDocument?
    private var count = 0
    private let member: String

    private static let mostPages = 100
    private static let mostEntries = 10_000
    /// Bytes of all pages together.
    private static let mostBytes = 64 * 1_024 * 1_024
    /// Bytes of a `start`.
    private static let longestStart = 1_024

    init(of collection: MetadataCollection, in session: MetadataSession) async throws(CommandFailure) {
        member = collection.member
        var start: String?
        var seen: Set<String> = []
        var bytes = 0
        repeat {
            guard count < Self.mostPages else { throw Self.failure(collection, "has more than 100 pages") }
            let (document, size) = try await session.page(
                collection.path,
                start: start,
                what: "list of \(collection.plural)"
            )
            count += 1
            bytes += size
            guard bytes <= Self.mostBytes else { throw Self.failure(collection, "is larger than 64 MiB") }
            guard let page = document.root.member(member)?.array else {
                throw Self.failure(collection, "is not in the answer")
            }
            guard entries.count + page.count <= Self.mostEntries else {
                throw Self.failure(collection, "has more than 10000 entries")
            }
            entries += page
            if first == nil { first = document }
            start = try Self.next(document.root, collection)
            if let start, !seen.insert(start).inserted {
                throw Self.failure(collection, "leads back to a page that was read already")
            }
        } while start != nil
    }

    private static func failure(_ collection: MetadataCollection, _ what: String) -> CommandFailure {
        CommandFailure(.unavailable, "the list of \(collection.plural) \(what)")
    }

    /// The `start` of the next page, if there is one.
    private static func next(
        _ page: JSONValue,
        _ collection: MetadataCollection
    ) throws(CommandFailure) -> String? {
        guard let next = page["next"], !next.isNull else { return nil }
        guard let reference = next["href"]?.string, let start = PageReference.start(of: reference),
            (1...longestStart).contains(start.utf8.count)
        else { throw failure(collection, "has a next page, but does not say where it starts") }
        return start
    }

    /// The document with all entries: the only page as it came, or the first one with the entries of the others.
    func merged() throws(CommandFailure) -> JSONDocument {
        if count == 1, let first { return first }
        let ofOnePage: Set = ["first", "next", "limit", "last", "previous"]
        let members = (first?.root.members ?? []).filter { !ofOnePage.contains($0.name) }
        let texts = members.map { name, value in
            let list = name == member ? "[\(entries.map(\.text).joined(separator: ","))]" : value.text
            return "\(JSONText.string(name)):\(list)"
        }
        do {
            let limits = JSONLimits(size: 2 * Self.mostBytes, depth: 33)
            return try JSONDocument(parsing: "{\(texts.joined(separator: ","))}", limits: limits)
        } catch {
            throw CommandFailure(.internalFailure, "cannot put the pages together: \(error)")
        }
    }
}

/// The `href` of a page.
enum PageReference {
    /// The value of `start` in the query, decoded, when there is exactly one that can be.
    static func start(of reference: String) -> String? {
        let afterPath = reference.drop { $0 != "?" }.dropFirst()
        let fields = afterPath.prefix { $0 != "#" }.split(separator: "&").filter { $0.hasPrefix("start=") }
        guard fields.count == 1, let field = fields.first else { return nil }
        return decoded(field.dropFirst("start=".count))
    }

    /// The text without its percent-encoding (RFC 3986 section 2.1), when that is well-formed and UTF-8.
    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst(), let low = rest.popFirst(),
                let high = Character(Unicode.Scalar(high)).hexDigitValue,
                let low = Character(Unicode.Scalar(low)).hexDigitValue
            else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
