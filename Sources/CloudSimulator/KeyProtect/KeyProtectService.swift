internal import FoundationEssentials
internal import Synchronization

/// `POST /api/v2/keys/{id}/actions/rotate` (reference section 9.6) and `GET /api/v2/keys/{id}/metadata` of Key Protect.
struct KeyProtectService {
    let simulator: CloudSimulator
    let identity: IdentityService

    private var instance: SimulatedInstance { identity.instance }
    private static let actionType = "application/vnd.ibm.kms.key_action+json"

    /// Answers a request for `/api/v2/keys` and the segments `path` after it.
    func answer(_ request: SimulatorRequest, _ path: [String]) throws -> SimulatorAnswer {
        guard try identity.caller(of: request) != nil else { throw KeyProtectError.unauthorized }
        guard !simulator.rotationRules.forbidden.contains(.keyProtect) else { throw KeyProtectError.status(403) }
        guard let instanceID = request.headers["bluemix-instance"] else {
            throw KeyProtectError.invalid("The header 'bluemix-instance' is missing")
        }
        guard instanceID == instance.keyProtectInstance else {
            throw KeyProtectError(status: 404, code: "INSTANCE_NOT_FOUND_ERR", message: "The instance does not exist")
        }
        switch (path.count, path.dropFirst().joined(separator: "/")) {
        case (2, "metadata"):
            guard request.method == "GET" else { throw KeyProtectError.status(405) }
            guard let key = simulator.state.withLock({ $0.rootKeys[path[0]] }) else {
                throw KeyProtectError.keyNotFound
            }
            return SimulatorAnswer(document(key))
        case (3, "actions/rotate"):
            guard request.method == "POST" else { throw KeyProtectError.status(405) }
            let hasPayload = try Self.hasPayload(request)
            try simulator.state.withLock { state in
                try state.rootKeys.rotate(path[0], withPayload: hasPayload, at: identity.now)
            }
            return SimulatorAnswer(emptyWithStatus: 204)
        default:
            throw KeyProtectError(status: 404, code: "NOT_FOUND_ERR", message: "The simulator does not play this")
        }
    }

    /// Whether new key material is sent along; what it is nobody looks at.
    private static func hasPayload(_ request: SimulatorRequest) throws(KeyProtectError) -> Bool {
        guard !request.body.isEmpty else { return false }
        let type = (request.headers["content-type"] ?? "").prefix { $0 != ";" }.lowercased()
        guard [actionType, "application/json"].contains(type) else {
            throw KeyProtectError(
                status: 415,
                code: "UNSUPPORTED_MEDIA_TYPE_ERR",
                message: "The content type must be \(actionType)"
            )
        }
        do {
            let payload = try ObjectReader(document: request.body, knowing: ["payload"]).text("payload")
            guard let payload else { return false }
            guard Data(base64Encoded: payload) != nil else {
                throw DocumentError(member: "payload", problem: "must be Base64")
            }
            return true
        } catch {
            throw .invalid("\(error)")
        }
    }

    private func document(_ state: RootKeys.State) -> JSONOutput {
        let key = state.key
        let start = "2026-09-01T10:00:00Z"
        let rotated = state.rotated.map { CivilTime($0).rfc3339 }
        let version: JSONOutput = ["id": .string(state.versionID), "creationDate": .string(rotated ?? start)]
        let crn =
            "crn:v1:bluemix:public:kms:\(instance.region):a/\(instance.account):\(instance.keyProtectInstance):key:\(key.id)"
        let resource: JSONOutput = [
            "type": "application/vnd.ibm.kms.key+json",
            "id": .string(key.id),
            "name": .string(key.name),
            "state": 1,
            "extractable": false,
            "crn": .string(crn),
            "imported": .bool(key.isImported),
            "creationDate": .string(start),
            "createdBy": "iam-ServiceId-9d8c7b6a-5f4e-4d3c-8b2a-1f0e9d8c7b6a",
            "algorithmType": "AES",
            "keyRingID": "default",
            "lastUpdateDate": .string(rotated ?? start),
        ]
        return [
            "metadata": ["collectionType": "application/vnd.ibm.kms.key+json", "collectionTotal": 1],
            "resources": [
                resource.adding("lastRotateDate", rotated.map(JSONOutput.string))
                    .adding("keyVersion", version)
                    .adding("dualAuthDelete", ["enabled": false])
                    .adding("deleted", false)
            ],
        ]
    }
}
