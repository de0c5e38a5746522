internal import FoundationEssentials

/// Requests and answers as they stand in etcd's `rpc.proto`.
enum Wire {
    struct Header: Decodable {
        let revision: Number64?
    }

    // MARK: Keys

    struct Range: Encodable {
        let key: Data
        var rangeEnd: Data?
        var limit: Number64?
        var revision: Number64?
        var sortOrder: String?
        var sortTarget: String?
        var keysOnly: Bool?
    }

    struct KeyValue: Decodable {
        let key: Data
        let createRevision: Number64?
        let modRevision: Number64?
        let version: Number64?
        let value: Data?
        let lease: Number64?
    }

    struct RangeAnswer: Decodable {
        let header: Header?
        let kvs: [KeyValue]?
        let more: Bool?
    }

    struct Put: Encodable {
        let key: Data
        let value: Data
        var lease: Number64?
    }

    struct DeleteRange: Encodable {
        let key: Data
        var rangeEnd: Data?
    }

    // MARK: Transactions

    struct Compare: Encodable {
        let key: Data
        let target: String
        var result = "EQUAL"
        var version: Number64?
        var createRevision: Number64?
        var modRevision: Number64?
        var value: Data?
    }

    struct Operation: Encodable {
        var requestRange: Range?
        var requestPut: Put?
        var requestDeleteRange: DeleteRange?
    }

    struct Transaction: Encodable {
        let compare: [Compare]
        let success: [Operation]
        let failure: [Operation]
    }

    struct OperationAnswer: Decodable {
        let responseRange: RangeAnswer?
    }

    struct TransactionAnswer: Decodable {
        let header: Header
        let succeeded: Bool?
        let responses: [OperationAnswer]?
    }

    // MARK: Leases

    /// Its names do not follow the rule: see ``WireForm``.
    struct Lease: Encodable {
        var number: Number64?
        var time: Number64?

        enum CodingKeys: String, CodingKey {
            case number = "ID"
            case time = "TTL"
        }
    }

    struct LeaseAnswer: Decodable {
        let number: Number64
        /// Missing for a lease that is no more.
        let time: Number64?

        enum CodingKeys: String, CodingKey {
            case number = "ID"
            case time = "TTL"
        }
    }

    struct KeepAliveAnswer: Decodable {
        let result: LeaseAnswer
    }

    // MARK: Watches

    struct Watch: Encodable {
        struct Create: Encodable {
            let key: Data
            var rangeEnd: Data?
            let startRevision: Number64
        }

        let createRequest: Create
    }

    struct WatchLine: Decodable {
        struct Event: Decodable {}

        struct Result: Decodable {
            let canceled: Bool?
            let cancelReason: String?
            let compactRevision: Number64?
            let events: [Event]?
        }

        let result: Result
    }

    // MARK: Users

    struct Login: Encodable {
        let name: String
        let password: String
    }

    struct LoginAnswer: Decodable {
        let token: String
    }
}
