internal import FoundationEssentials
package import Instrumentation
package import Logging
internal import NIOHTTP1

/// What a request is called in the log and in the header `X-Request-Id` of its answer.
package struct RequestID: Sendable, Equatable, CustomStringConvertible {
    package let description: String
    /// The client chose it, so that it looks for it in the answer.
    let isChosen: Bool

    /// The name that the client chose, where it is nothing but a name; else a new one.
    ///
    /// It only finds lines again: nothing is decided by it, so nothing is won by choosing that of somebody else.
    init(_ headers: HTTPHeaders) {
        let chosen = headers["x-request-id"]
        isChosen = chosen.count == 1 && Self.isName(chosen[0])
        description = isChosen ? chosen[0] : UUID().uuidString.lowercased()
    }

    private static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}

extension ServiceContext {
    private enum Key: ServiceContextKey {
        typealias Value = RequestID
        static let nameOverride: String? = "request"
    }

    /// The request that something is done for.
    package var requestID: RequestID? {
        get { self[Key.self] }
        set { self[Key.self] = newValue }
    }
}

extension Logger.MetadataProvider {
    /// Names the request in every line that is written on its behalf.
    package static let request = Logger.MetadataProvider {
        guard let id = ServiceContext.current?.requestID else { return [:] }
        return ["request": "\(id)"]
    }
}
