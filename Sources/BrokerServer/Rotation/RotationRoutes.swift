internal import BrokerAPI
package import Logging
internal import NIOHTTP1

/// Rotations, on the admin socket.
package struct RotationRoutes: Sendable {
    private let desk: RotationDesk
    private let logger: Logger

    package init(_ desk: RotationDesk, logger: Logger) {
        (self.desk, self.logger) = (desk, logger)
    }

    private static let longestHistory = 1_000
    private static let usualHistory = 50
    private static let mostTimes = 1_000

    func respond(to request: Request, from peer: any Peer) async -> Response {
        let fields: QueryFields
        do throws(QueryError) {
            fields = try QueryFields(request.query, known: Self.parameters(of: request))
        } catch {
            return Response(.badRequest, error.message)
        }
        switch (request.path, request.method) {
        case (BrokerPath.rotations, .GET): return status(fields)
        case (BrokerPath.rotationHistory, .GET): return await history(fields)
        case (BrokerPath.rotationPlan, .GET): return await about(fields) { await desk.rehearse($0) }
        case (BrokerPath.rotationNext, .GET): return await times(fields)
        case (BrokerPath.rotationOrphans, .GET): return Response(await desk.orphans())
        case (BrokerPath.rotationOrphans, .DELETE): return await deleteOrphan(fields, peer)
        case (BrokerPath.rotationRun, .POST):
            guard let isNow = fields.choice("when", of: ["now": true, "allowed": false]) else {
                return Response(.badRequest, "the parameter 'when' must be 'now' or 'allowed'")
            }
            return await demand(.run(isNow: isNow), fields, peer)
        case (BrokerPath.rotationPause, .POST): return await demand(.pause, fields, peer)
        case (BrokerPath.rotationResume, .POST): return await demand(.resume, fields, peer)
        case (BrokerPath.rotationRollback, .POST): return await demand(.rollback, fields, peer)
        case (BrokerPath.rotationRelease, .POST): return await demand(.release, fields, peer)
        case (BrokerPath.rotationAcknowledge, .POST):
            guard let consumer = fields["as"] else { return Response(.badRequest, "the parameter 'as' is missing") }
            return await demand(.acknowledge(consumer), fields, peer)
        case (BrokerPath.rotationRun, _), (BrokerPath.rotationPause, _), (BrokerPath.rotationResume, _),
            (BrokerPath.rotationRollback, _), (BrokerPath.rotationAcknowledge, _), (BrokerPath.rotationRelease, _):
            return Response.methodNotAllowed(allow: "POST")
        case (BrokerPath.rotationOrphans, _): return Response.methodNotAllowed(allow: "GET, DELETE")
        case (BrokerPath.rotations, _), (BrokerPath.rotationHistory, _), (BrokerPath.rotationPlan, _),
            (BrokerPath.rotationNext, _):
            return Response.methodNotAllowed(allow: "GET")
        default: return Response(.notFound, "no such path; try GET \(BrokerPath.rotations)")
        }
    }

    private static func parameters(of request: Request) -> Set<String> {
        switch request.path {
        case BrokerPath.rotationHistory: ["plan", "limit"]
        case BrokerPath.rotationNext: ["plan", "count"]
        // All orphans are listed; one is deleted.
        case BrokerPath.rotationOrphans: request.method == .DELETE ? ["plan", "key"] : []
        case BrokerPath.rotationAcknowledge: ["plan", "as"]
        case BrokerPath.rotationRun: ["plan", "when"]
        default: ["plan"]
        }
    }

    private func status(_ fields: QueryFields) -> Response {
        let plans = desk.plans()
        guard let name = fields["plan"] else { return Response(RotationsResponse(rotations: plans)) }
        guard let plan = plans.first(where: { $0.name == name }) else { return unknown(name) }
        return Response(RotationsResponse(rotations: [plan]))
    }

    private func history(_ fields: QueryFields) async -> Response {
        guard let limit = fields.number("limit", in: 1...Self.longestHistory, otherwise: Self.usualHistory) else {
            return Response(.badRequest, "the parameter 'limit' must be a number from 1 to \(Self.longestHistory)")
        }
        return response(await desk.history(fields["plan"], limit), fields["plan"] ?? "")
    }

    private func times(_ fields: QueryFields) async -> Response {
        guard let count = fields.number("count", in: 1...Self.mostTimes, otherwise: 1) else {
            return Response(.badRequest, "the parameter 'count' must be a number from 1 to \(Self.mostTimes)")
        }
        return await about(fields) { await desk.times($0, count) }
    }

    private func deleteOrphan(_ fields: QueryFields, _ peer: any Peer) async -> Response {
        guard let key = fields["key"] else { return Response(.badRequest, "the parameter 'key' is missing") }
        return await about(fields) { plan in
            note("delete orphan \(key)", of: plan, peer)
            return await desk.deleteOrphan(plan, key)
        }
    }

    private func demand(_ demand: RotationDemand, _ fields: QueryFields, _ peer: any Peer) async -> Response {
        await about(fields) { plan in
            note("\(demand)", of: plan, peer)
            return switch await desk.demand(plan, demand) {
            case .done(let plan): RotationReply.done(RotationsResponse(rotations: [plan]))
            case .unknownPlan: .unknownPlan
            case .refused(let why): .refused(why)
            case .failed(let why): .failed(why)
            }
        }
    }

    private func note(_ what: String, of plan: String, _ peer: any Peer) {
        logger.notice(
            "Rotation demanded",
            metadata: [
                "rotation.demand": "\(what)", "rotation.plan": "\(plan)",
                "operator.uid": "\(peer.userID)", "operator.pid": "\(peer.processID)",
            ]
        )
    }

    private func about(
        _ fields: QueryFields,
        _ body: (String) async -> RotationReply<some Encodable & Sendable>
    ) async -> Response {
        guard let plan = fields["plan"] else { return Response(.badRequest, "the parameter 'plan' is missing") }
        return response(await body(plan), plan)
    }

    private func response(_ reply: RotationReply<some Encodable & Sendable>, _ plan: String) -> Response {
        switch reply {
        case .done(let value): return Response(value)
        case .unknownPlan: return unknown(plan)
        case .refused(let why): return Response(.conflict, why)
        case .failed(let why):
            var response = Response(.unavailable, why)
            response.retryAfter = 5
            return response
        }
    }

    private func unknown(_ plan: String) -> Response {
        let names = desk.plans().map(\.name).joined(separator: ", ")
        return Response(
            .notFound,
            names.isEmpty ? "no plan is configured" : "there is no such plan; there are: \(names)"
        )
    }
}
