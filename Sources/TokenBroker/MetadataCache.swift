/// What the metadata service said a short while ago.
struct MetadataCache {
    private struct Entry {
        let answer: MetadataAnswer
        let size: Int
        /// On the boot-time clock.
        let expiry: Duration
    }

    /// How long an answer is kept; zero keeps nothing.
    let keep: Duration
    private var entries: [MetadataQuery: Entry] = [:]
    /// In the order of their arrival, which is about the order in which they expire.
    private var order: [MetadataQuery] = []
    private(set) var size = 0

    /// Answers that are kept at the most.
    static let largestCount = 64
    /// Bytes of all answers and queries that are kept, at the most.
    static let largestSize = 8 * 1_024 * 1_024

    init(keep: Duration) {
        self.keep = keep
    }

    var count: Int { entries.count }

    /// The answer to `query`, if it is not too old at `now`; what is too old is dropped.
    mutating func answer(to query: MetadataQuery, at now: Duration) -> MetadataAnswer? {
        while let oldest = order.first, let entry = entries[oldest], entry.expiry <= now { remove(oldest) }
        guard let entry = entries[query], now < entry.expiry else { return nil }
        return entry.answer
    }

    /// Keeps what was asked for at `asked`, at the cost of the oldest answers.
    mutating func add(_ answer: MetadataAnswer, to query: MetadataQuery, asked: Duration) {
        let size = Self.size(of: answer, to: query)
        remove(query)
        guard keep > .zero, size <= Self.largestSize else { return }
        while let oldest = order.first, count >= Self.largestCount || self.size + size > Self.largestSize {
            remove(oldest)
        }
        entries[query] = Entry(answer: answer, size: size, expiry: asked + keep)
        order.append(query)
        self.size += size
    }

    private mutating func remove(_ query: MetadataQuery) {
        guard let entry = entries.removeValue(forKey: query) else { return }
        order.removeAll { $0 == query }
        size -= entry.size
    }

    private static func size(of answer: MetadataAnswer, to query: MetadataQuery) -> Int {
        let text = query.path.utf8.count + (query.start?.utf8.count ?? 0)
        return switch answer {
        case .document(let bytes): bytes.count + text
        case .notFound: text
        }
    }
}
