internal import FoundationEssentials

/// `GET /api/v2/secrets` of Secrets Manager: the secrets of the instance file, without their values.
///
/// Its errors have the shape of the VPC APIs (reference section 9.5).
struct SecretService {
    let identity: IdentityService

    private var instance: SimulatedInstance { identity.instance }
    private var url: String { "https://simulator.\(instance.region).secrets-manager.appdomain.cloud/api/v2/secrets" }
    private static let parameters: Set = ["groups", "limit", "offset", "search", "secret_types"]

    func answer(_ request: SimulatorRequest) throws -> SimulatorAnswer {
        guard try identity.caller(of: request) != nil else { throw VPCError.unauthorizedCaller }
        guard request.method == "GET" else {
            throw VPCError(status: 405, code: "method_not_allowed", message: "the simulator does not play this")
        }
        return SimulatorAnswer(headers: [("X-Correlation-Id", UUID().uuidString.lowercased())], try list(request.query))
    }

    private func list(_ query: [FormField]) throws(VPCError) -> JSONOutput {
        if let unknown = query.first(where: { !Self.parameters.contains($0.name) }) {
            let target = VPCError.Target(name: unknown.name, type: .parameter)
            throw .invalid("unknown_field", "the simulator does not play this query parameter", target)
        }
        let limit = try Self.number("limit", query, in: 1...1_000, otherwise: 200)
        let offset = try Self.number("offset", query, in: 0...1_000_000, otherwise: 0)
        let groups = query["groups"]?.split(separator: ",").map(String.init)
        let types = query["secret_types"]?.split(separator: ",").map(String.init)
        let secrets = instance.secrets.filter { secret in
            (groups?.contains(secret.group) ?? true) && (types?.contains(secret.type.rawValue) ?? true)
                && (query["search"].map { secret.name.contains($0) } ?? true)
        }
        let link = { (offset: Int) -> JSONOutput in
            ["href": .string("\(url)?limit=\(limit)&offset=\(offset)")]
        }
        let (lastPage, _) = max(0, secrets.count - 1).quotientAndRemainder(dividingBy: limit)
        return JSONOutput.object([("first", link(0))])
            .adding("last", link(lastPage * limit))
            .adding("limit", .integer(limit))
            .adding("next", secrets.count - offset > limit ? link(offset + limit) : nil)
            .adding("offset", .integer(offset))
            .adding("previous", offset > 0 ? link(max(0, offset - limit)) : nil)
            .adding("secrets", .array(secrets.dropFirst(offset).prefix(limit).map(document)))
            .adding("total_count", .integer(secrets.count))
    }

    private static func number(
        _ name: String,
        _ query: [FormField],
        in range: ClosedRange<Int>,
        otherwise value: Int
    ) throws(VPCError) -> Int {
        guard let text = query[name] else { return value }
        guard let number = Int(text), range.contains(number) else {
            let target = VPCError.Target(name: name, type: .parameter, value: text)
            throw .invalid(
                "invalid_value",
                "\(name) must be between \(range.lowerBound) and \(range.upperBound)",
                target
            )
        }
        return number
    }

    private func document(_ secret: SimulatedSecret) -> JSONOutput {
        let service = "crn:v1:bluemix:public:secrets-manager:\(instance.region):a/\(instance.account):simulator"
        return [
            "created_at": "2026-09-01T10:00:00Z",
            "created_by": "iam-ServiceId-9d8c7b6a-5f4e-4d3c-8b2a-1f0e9d8c7b6a",
            "crn": .string("\(service):secret:\(secret.id)"),
            "downloaded": false,
            "id": .string(secret.id),
            "labels": [],
            "locks_total": 0,
            "name": .string(secret.name),
            "secret_group_id": .string(secret.group),
            "secret_type": .string(secret.type.rawValue),
            "state": 1,
            "state_description": "active",
            "updated_at": "2026-09-01T10:00:00Z",
            "versions_total": 1,
        ]
    }
}

extension VPCError {
    fileprivate static let unauthorizedCaller = VPCError(
        status: 401,
        code: "unauthorized",
        message: "the IAM token is missing, malformed or expired"
    )
}
