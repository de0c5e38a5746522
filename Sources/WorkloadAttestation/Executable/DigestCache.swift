internal import MessageDigests

/// The digests of the files that were asked for last.
///
/// Not safe for several threads.
struct DigestCache {
    private let capacity: Int
    private var digests: [FileStatus.Version: (digest: SHA256Digest, lastUse: UInt64)] = [:]
    private var uses: UInt64 = 0

    init(capacity: Int) {
        self.capacity = max(capacity, 1)
    }

    mutating func digest(of version: FileStatus.Version) -> SHA256Digest? {
        guard let digest = digests[version]?.digest else { return nil }
        uses &+= 1
        digests[version]?.lastUse = uses
        return digest
    }

    /// Keeps a digest, and drops the one that nobody asked for the longest when there are too many.
    mutating func keep(_ digest: SHA256Digest, of version: FileStatus.Version) {
        // Linear in the capacity, and rare: only after a whole file was read.
        if digests[version] == nil, digests.count >= capacity,
            let oldest = digests.min(by: { $0.value.lastUse < $1.value.lastUse })?.key
        {
            digests[oldest] = nil
        }
        uses &+= 1
        digests[version] = (digest, uses)
    }
}
