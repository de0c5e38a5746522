package import BrokerAPI
package import Logging
internal import NIOHTTP1

/// How much is logged, for operators.
package struct LogLevelRoutes: Sendable {
    private let status: @Sendable () -> LogLevelResponse
    private let change: @Sendable (Logger.Level?, Duration?, UInt32) -> LogLevelResponse

    /// The longest time for which a level is chosen, in seconds.
    private static let longest = 86_400

    /// - Parameters:
    ///   - status: what is in force.
    ///   - change: logs from a level on, or from the configured one, for so long or until it is changed again, as the user
    ///     with this ID demanded.
    package init(
        status: @escaping @Sendable () -> LogLevelResponse,
        change: @escaping @Sendable (Logger.Level?, Duration?, UInt32) -> LogLevelResponse
    ) {
        (self.status, self.change) = (status, change)
    }

    func respond(to request: Request, from caller: any Peer) -> Response {
        switch request.method {
        case .GET where request.query.isEmpty: Response(status())
        case .GET: Response(.badRequest, "a question takes no parameters; POST changes the level")
        case .POST: change(request.query, caller)
        default: Response.methodNotAllowed(allow: "GET, POST")
        }
    }

    private func change(_ query: String, _ caller: any Peer) -> Response {
        let fields: QueryFields
        do throws(QueryError) {
            fields = try QueryFields(query, known: ["level", "for"])
        } catch {
            return Response(.badRequest, error.message)
        }
        let level = fields["level"].flatMap(Logger.Level.init(rawValue:))
        guard level != nil || fields["level"] == "configured" else {
            let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            return Response(.badRequest, "the parameter 'level' must be one of \(levels), or configured")
        }
        guard let seconds = fields.number("for", in: 1...Self.longest, otherwise: 0) else {
            return Response(.badRequest, "the parameter 'for' must be a number of seconds from 1 to \(Self.longest)")
        }
        return Response(change(level, seconds == 0 ? nil : .seconds(seconds), caller.userID))
    }
}
