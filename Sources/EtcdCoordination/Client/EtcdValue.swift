internal import FoundationEssentials

/// A key of etcd as it is now.
struct EtcdValue: Sendable, Equatable {
    let key: String
    let bytes: [UInt8]
    /// The revision of the cluster in which the key was made; another one each time that it is made anew.
    let createRevision: Int64
    /// That of its last change.
    let modRevision: Int64
    /// How often it was written since it was made: 1 at first.
    let version: Int64
    /// 0 for none.
    let lease: Int64

    init(_ wire: Wire.KeyValue) {
        key = String(decoding: wire.key, as: UTF8.self)
        bytes = Array(wire.value ?? Data())
        createRevision = wire.createRevision?.value ?? 0
        modRevision = wire.modRevision?.value ?? 0
        version = wire.version?.value ?? 0
        lease = wire.lease?.value ?? 0
    }
}

/// Keys from one on to another, which is not among them.
struct KeySpan: Sendable, Equatable {
    let start: String
    /// `nil` for `start` alone.
    let end: String?

    static func one(_ key: String) -> KeySpan { KeySpan(start: key, end: nil) }

    /// All that begin with `prefix`, which ends with a slash.
    static func all(under prefix: String) -> KeySpan {
        // The character behind the slash.
        KeySpan(start: prefix, end: String(prefix.dropLast()) + "0")
    }
}

/// A condition of a transaction.
struct EtcdCondition: Sendable {
    let wire: @Sendable () -> Wire.Compare

    /// `version` is 0 for a key that there is not.
    static func version(of key: String, is version: Int64) -> EtcdCondition {
        EtcdCondition { Wire.Compare(key: Data(key.utf8), target: "VERSION", version: Number64(version)) }
    }

    /// 0 for a key that there is not.
    static func created(_ key: String, at revision: Int64) -> EtcdCondition {
        EtcdCondition { Wire.Compare(key: Data(key.utf8), target: "CREATE", createRevision: Number64(revision)) }
    }

    /// 0 for a key that there is not.
    static func changed(_ key: String, at revision: Int64) -> EtcdCondition {
        EtcdCondition { Wire.Compare(key: Data(key.utf8), target: "MOD", modRevision: Number64(revision)) }
    }

    static func value(of key: String, is bytes: [UInt8]) -> EtcdCondition {
        EtcdCondition { Wire.Compare(key: Data(key.utf8), target: "VALUE", value: Data(bytes)) }
    }
}

/// One thing that a transaction does.
enum EtcdOperation: Sendable {
    case put(String, [UInt8], lease: Int64? = nil)
    case delete(KeySpan)
    case get(String)

    var isReading: Bool { if case .get = self { true } else { false } }

    var wire: Wire.Operation {
        switch self {
        case .put(let key, let bytes, let lease):
            Wire.Operation(
                requestPut: Wire.Put(key: Data(key.utf8), value: Data(bytes), lease: lease.map { Number64($0) })
            )
        case .delete(let span):
            Wire.Operation(
                requestDeleteRange: Wire.DeleteRange(
                    key: Data(span.start.utf8),
                    rangeEnd: span.end.map { Data($0.utf8) }
                )
            )
        case .get(let key): Wire.Operation(requestRange: Wire.Range(key: Data(key.utf8)))
        }
    }
}
