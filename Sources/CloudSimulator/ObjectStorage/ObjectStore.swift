internal import Synchronization

/// The objects of all buckets, in memory: so many and so large, and no more.
final class ObjectStore: Sendable {
    /// Bytes of one object.
    static let maximumSize = 1_024 * 1_024
    static let maximumCount = 1_000
    /// Bytes of all objects, with what is stored beside their content.
    static let maximumTotal = 32 * 1_024 * 1_024

    private let buckets = Mutex<[String: [ObjectKey: StoredObject]]>([:])

    func object(_ key: ObjectKey, in bucket: String) -> StoredObject? { buckets.withLock { $0[bucket]?[key] } }

    /// The objects of a bucket in the order of their keys.
    func objects(in bucket: String) -> [(key: ObjectKey, object: StoredObject)] {
        let objects = buckets.withLock { $0[bucket] ?? [:] }
        return objects.map { (key: $0.key, object: $0.value) }.sorted { $0.key < $1.key }
    }

    /// Stores an object, in place of the one before it.
    func put(_ object: StoredObject, _ key: ObjectKey, in bucket: String) throws(ObjectStorageError) {
        guard object.content.count <= Self.maximumSize else { throw .entityTooLarge }
        let isStored = buckets.withLock { buckets in
            var others = buckets.values.flatMap { $0.values.map(\.size) }
            if let old = buckets[bucket]?[key], let index = others.firstIndex(of: old.size) { others.remove(at: index) }
            guard others.count < Self.maximumCount, others.reduce(object.size, +) <= Self.maximumTotal else {
                return false
            }
            buckets[bucket, default: [:]][key] = object
            return true
        }
        guard isStored else { throw .full }
    }

    func remove(_ key: ObjectKey, in bucket: String) {
        _ = buckets.withLock { $0[bucket]?.removeValue(forKey: key) }
    }
}

extension StoredObject {
    /// Bytes that it takes, roughly.
    fileprivate var size: Int {
        fields.reduce(content.count) { $0 + $1.name.utf8.count + $1.value.utf8.count }
    }
}
