/// Finds, among patterns that came before, one that says the same as another pattern or less.
///
/// A pattern matches whatever a pattern with more selectors matches, so it covers that one.
struct LintCoverage<Key: Hashable, Owner> {
    private struct Entry: Hashable {
        let key: Key
        let selectors: Set<Selector>
    }

    private var owners: [Entry: Owner] = [:]

    mutating func add(_ pattern: WorkloadPattern, _ key: Key, _ owner: Owner) {
        let entry = Entry(key: key, selectors: Self.unnamed(pattern))
        guard !entry.selectors.isEmpty, owners[entry] == nil else { return }
        owners[entry] = owner
    }

    /// The owner of a pattern that covers `pattern`.
    func owner(covering pattern: WorkloadPattern, _ key: Key) -> Owner? {
        let selectors = Array(Self.unnamed(pattern))
        // Every part of the selectors is looked up; nobody writes more than these in earnest.
        guard selectors.count <= 8, !owners.isEmpty else { return nil }
        for chosen in 1..<(1 << max(0, selectors.count)) {
            let part = Set(selectors.indices.filter { chosen & (1 << $0) != 0 }.map { selectors[$0] })
            if let owner = owners[Entry(key: key, selectors: part)] { return owner }
        }
        return nil
    }

    /// By numbers alone: a user's name and number are the same selector.
    private static func unnamed(_ pattern: WorkloadPattern) -> Set<Selector> {
        Set(
            pattern.selectors.map { selector in
                switch selector {
                case .user(let id, name: _): .user(id, name: nil)
                case .group(let id, name: _): .group(id, name: nil)
                case .loginUser(let id, name: _): .loginUser(id, name: nil)
                default: selector
                }
            }
        )
    }
}
