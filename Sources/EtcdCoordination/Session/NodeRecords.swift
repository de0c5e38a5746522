internal import FoundationEssentials

/// What a node writes of itself.
struct NodeRecord: Codable, Equatable {
    /// Of the daemon.
    let version: String
    /// Drawn by each start of the daemon: two that have the same name are told apart by it.
    let start: String
    let since: Date
}

/// What stays of a node when its session has ended.
struct MemberRecord: Codable, Equatable {
    let version: String
    let start: String
    let lastSeen: Date
}

/// JSON that people may read with `etcdctl`: instants in seconds since 1970.
enum RecordForm {
    static func bytes(_ value: some Encodable) throws(EtcdError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .secondsSince1970
        guard let data = try? encoder.encode(value) else {
            throw EtcdError(.rejected, "a record cannot be put into JSON")
        }
        return Array(data)
    }

    /// `nil` for what is not such a record.
    static func value<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) -> Value? {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .secondsSince1970
        return try? decoder.decode(type, from: Data(bytes))
    }
}
