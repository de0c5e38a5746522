internal import BrokerAPI
package import Logging
internal import NIOHTTP1
internal import StatusPage
internal import TokenBroker
internal import WorkloadAttestation

/// `/v1/fleet` and what is below it, on the admin socket.
package struct FleetRoutes: Sendable {
    private let desk: FleetDesk?
    private let logger: Logger

    /// - Parameters:
    ///   - desk: `nil` when this machine is of no fleet.
    ///   - logger: hears what operators demand.
    package init(_ desk: FleetDesk?, logger: Logger) {
        (self.desk, self.logger) = (desk, logger)
    }

    func respond(to request: Request, from peer: any Peer) async -> Response {
        let demand: FleetDemand
        switch (request.path, request.method) {
        case (BrokerPath.fleet, .GET):
            do throws(QueryError) {
                _ = try QueryFields(request.query, known: [])
            } catch {
                return Response(.badRequest, error.message)
            }
            guard let desk else { return Self.none }
            return response(await desk.fleet(), "")
        case (BrokerPath.fleetDrain, .POST): demand = .drain
        case (BrokerPath.fleetUndrain, .POST): demand = .undrain
        case (BrokerPath.fleetForget, .POST): demand = .forget
        case (BrokerPath.fleet, _): return Response.methodNotAllowed(allow: "GET")
        case (BrokerPath.fleetDrain, _), (BrokerPath.fleetUndrain, _), (BrokerPath.fleetForget, _):
            return Response.methodNotAllowed(allow: "POST")
        default: return Response(.notFound, "no such path; try GET \(BrokerPath.fleet)")
        }
        do throws(QueryError) {
            let fields = try QueryFields(request.query, known: ["node"])
            guard let node = fields["node"] else { return Response(.badRequest, "the parameter 'node' is missing") }
            guard let desk else { return Self.none }
            logger.notice(
                "Fleet demanded",
                metadata: [
                    "fleet.demand": "\(demand.rawValue)", "fleet.node": "\(node)",
                    "operator.uid": "\(peer.userID)", "operator.pid": "\(peer.processID)",
                ]
            )
            return response(await desk.demand(demand, node), node)
        } catch {
            return Response(.badRequest, error.message)
        }
    }

    private static var none: Response {
        Response(.notFound, "this machine is of no fleet; see etcd in the configuration")
    }

    /// The fleet for the page; `nil` for none.
    var shown: PageMaterial.Fleet? {
        get async {
            guard let desk else { return nil }
            return switch await desk.fleet() {
            case .done(let fleet): .read(fleet)
            case .refused(let why), .failed(let why): .unread(why)
            case .unknownNode: .unread("the fleet has no such node")
            }
        }
    }

    private func response(_ reply: FleetReply, _ node: String) -> Response {
        switch reply {
        case .done(let fleet): return Response(fleet)
        case .unknownNode:
            return Response(.notFound, "the fleet has no node '\(node)'; see: iam-broker fleet status")
        case .refused(let why): return Response(.conflict, why)
        case .failed(let why):
            var response = Response(.unavailable, why)
            response.retryAfter = 5
            return response
        }
    }
}
