internal import FoundationEssentials

/// What an answer that is not 200 means.
enum EtcdVerdict: Equatable {
    /// The token is not known any more, or none was sent.
    case tokenRefused
    case passwordRefused
    case forbidden
    case leaseGone
    case compacted
    case noSpace
    /// The member cannot, and did nothing.
    case notDone(String)
    /// The member cannot tell whether it was done.
    case maybeDone(String)
    case rejected(String)
    /// Something else than etcd's gateway answered.
    case foreign(Int)

    /// Codes as in gRPC; etcd's texts are part of its interface (`api/v3rpc/rpctypes`), and a code alone says too little.
    init(status: Int, body: [UInt8]) {
        guard let error = try? JSONDecoder().decode(Body.self, from: Data(body)) else {
            // A proxy may have given up on a member that went on.
            self = status >= 500 ? .maybeDone("HTTP status \(status)") : .foreign(status)
            return
        }
        let text = error.error
        self =
            switch error.code {
            case _ where text.contains("invalid user ID or password"): .passwordRefused
            case 16: .tokenRefused
            case _ where text.contains("user name is empty") || text.contains("auth store is old"): .tokenRefused
            case 7: .forbidden
            case 5 where text.contains("lease not found"): .leaseGone
            case 11: .compacted
            case 8 where text.contains("space exceeded"): .noSpace
            case 8: .notDone(Self.shown(Array(text.utf8)))
            case _ where text.contains("no leader"): .notDone(Self.shown(Array(text.utf8)))
            case 3, 5, 9, 12: .rejected(Self.shown(Array(text.utf8)))
            default: .maybeDone(Self.shown(Array(text.utf8)))
            }
    }

    /// What comes from outside, short and on one line.
    static func shown(_ text: [UInt8]) -> String {
        String(decoding: text.prefix(200).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }

    private struct Body: Decodable {
        let error: String
        let code: Int
    }
}
