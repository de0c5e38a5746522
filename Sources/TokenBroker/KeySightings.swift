internal import FoundationEssentials
internal import JOSE

/// The keys that were in the issuer's key set: when, and whether they still count.
///
/// A key that left the set counts for a while, for tokens from before (docs/decisions/0014). The history is bounded: the keys of the set in use, which has
/// a bound of its own, and the last ``mostWithdrawn`` others.
struct KeySightings: Sendable {
    private struct Entry {
        let keyID: String
        let firstSeen: Date
        var lastSeen: Date
        /// The last set with the key; `nil` once it does not count any more.
        var keys: KeySet?
        var withdrawn: Moment?
        var lastTokenEndsAt: Date?
    }

    /// The latest withdrawal last, and then the keys of the set in its order.
    private var entries: [Entry] = []

    static let mostWithdrawn = 8
    /// No key counts for longer after its withdrawal, however long its tokens are.
    static let longestKept: Duration = .seconds(24 * 3_600)

    /// A key set was fetched.
    mutating func fetched(_ keys: KeySet, at now: Moment) {
        var known = Dictionary(entries.map { ($0.keyID, $0) }, uniquingKeysWith: { first, _ in first })
        var published: [Entry] = []
        var seen: Set<String> = []
        for keyID in keys.keyIDs where seen.insert(keyID).inserted {
            var entry = known.removeValue(forKey: keyID) ?? Entry(keyID: keyID, firstSeen: now.wall, lastSeen: now.wall)
            (entry.lastSeen, entry.keys, entry.withdrawn) = (now.wall, keys, nil)
            published.append(entry)
        }
        var others = entries.filter { known[$0.keyID] != nil }
        for index in others.indices {
            let withdrawn = others[index].withdrawn ?? now
            others[index].withdrawn = withdrawn
            if now.boot - withdrawn.boot >= Self.longestKept { others[index].keys = nil }
        }
        others.sort { ($0.withdrawn?.boot ?? .zero) < ($1.withdrawn?.boot ?? .zero) }
        entries = others.suffix(Self.mostWithdrawn) + published
    }

    /// A token of the issuer's, obtained by the broker, passed with the key of this ID.
    mutating func verified(_ token: VerifiedToken, with keyID: String) {
        guard let index = entries.firstIndex(where: { $0.keyID == keyID }) else { return }
        // Of what came later its withdrawal says that it is not to count.
        if let withdrawn = entries[index].withdrawn, token.verifiedAt > withdrawn.wall { return }
        entries[index].lastTokenEndsAt = max(entries[index].lastTokenEndsAt ?? token.expiresAt, token.expiresAt)
    }

    /// The keys that are not in the set and count.
    func kept(at now: Moment) -> [KeptKey] {
        entries.compactMap { entry in
            guard let withdrawn = entry.withdrawn, let keys = entry.keys, let end = Self.end(of: entry, at: now) else {
                return nil
            }
            return KeptKey(keyID: entry.keyID, keys: keys, withdrawnAt: withdrawn.wall, end: end)
        }
    }

    /// Those of the set first, in its order, and then the others, the latest withdrawal first.
    func all(at now: Moment) -> [KeySighting] {
        let (published, others) = (entries.filter { $0.withdrawn == nil }, entries.filter { $0.withdrawn != nil })
        return (published + others.reversed())
            .map { entry in
                KeySighting(
                    keyID: entry.keyID,
                    state: entry.withdrawn == nil
                        ? .published : entry.keys != nil && Self.end(of: entry, at: now) != nil ? .kept : .withdrawn,
                    firstSeen: entry.firstSeen,
                    lastSeen: entry.lastSeen,
                    withdrawnAt: entry.withdrawn?.wall,
                    lastTokenEndsAt: entry.lastTokenEndsAt
                )
            }
    }

    /// Until when a key that was withdrawn counts; `nil` when it does not.
    private static func end(of entry: Entry, at now: Moment) -> Date? {
        guard let withdrawn = entry.withdrawn, let end = entry.lastTokenEndsAt, end > now.wall,
            now.boot - withdrawn.boot < longestKept
        else { return nil }
        return end
    }
}
