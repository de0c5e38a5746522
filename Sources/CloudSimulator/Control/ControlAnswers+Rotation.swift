internal import JOSE

/// `/simulator/api-keys`, `/simulator/secrets`, `/simulator/propagation` and `/simulator/rotation-rules`.
extension ControlAnswers {
    func apiKeys(_ request: SimulatorRequest) throws -> JSONOutput {
        guard request.method == "GET" else { throw ControlError.methodNotAllowed }
        return apiKeysDocument
    }

    func secrets(_ request: SimulatorRequest) throws -> JSONOutput {
        guard request.method != "GET" else { return secretsDocument }
        guard let reader = try reader(request, "POST", knowing: SimulatedSecret.members) else {
            throw DocumentError(member: "name", problem: "is missing")
        }
        let secret = try SimulatedSecret(reader, makesID: true)
        guard simulator.addSecret(secret) else {
            throw ControlError.tooMany(
                "there is a secret with this ID, or there are \(SecretVault.maximumCount) secrets already"
            )
        }
        return secret.document
    }

    func propagation(_ request: SimulatorRequest) throws -> JSONOutput {
        if request.method != "GET" {
            let names: Set = ["api_key_use_ms", "api_key_reading_ms", "hmac_pair_use_ms"]
            let reader = try reader(request, "PUT", knowing: names)
            let day = 86_400_000
            let milliseconds = { (name: String) throws(DocumentError) -> Duration? in
                try reader?.integer(name, in: 0...day).map { .milliseconds($0) }
            }
            var propagation = simulator.propagation
            propagation.apiKeyUse = try milliseconds("api_key_use_ms") ?? propagation.apiKeyUse
            propagation.apiKeyReading = try milliseconds("api_key_reading_ms") ?? propagation.apiKeyReading
            propagation.hmacPairUse = try milliseconds("hmac_pair_use_ms") ?? propagation.hmacPairUse
            simulator.setPropagation(propagation)
        }
        return propagationDocument
    }

    func rotationRules(_ request: SimulatorRequest) throws -> JSONOutput {
        if request.method != "GET" {
            let names: Set = ["api_key_quota", "onetime_credentials", "forbidden"]
            let reader = try reader(request, "PUT", knowing: names)
            var rules = simulator.rotationRules
            rules.apiKeyQuota = try reader?.integer("api_key_quota", in: RotationRules.quotas) ?? rules.apiKeyQuota
            rules.hasOneTimeCredentials = try reader?.bool("onetime_credentials") ?? rules.hasOneTimeCredentials
            if let reader, let services = try reader.strings("forbidden") {
                rules.forbidden = []
                for name in services {
                    guard let service = RotationRules.services.first(where: { $0.rawValue == name }) else {
                        let known = RotationRules.services.map(\.rawValue).joined(separator: ", ")
                        throw reader.error("forbidden", "must be of \(known)")
                    }
                    rules.forbidden.insert(service)
                }
            }
            simulator.setRotationRules(rules)
        }
        return rotationRulesDocument
    }

    /// Without values.
    var apiKeysDocument: JSONOutput {
        let (now, delay) = (simulator.now, simulator.propagation)
        return .array(
            simulator.apiKeys.map { key in
                [
                    "id": .string(key.id),
                    "name": .string(key.name),
                    "iam_id": .string(key.iamID),
                    "created_at": .string(CivilTime(key.createdAt).rfc3339WithMilliseconds),
                    "disabled": .bool(key.isDisabled),
                    "locked": .bool(key.isLocked),
                    "expired": .bool(key.isExpired(at: now)),
                    "usable": .bool(key.opens(at: now, after: delay.apiKeyUse)),
                    "readable": .bool(key.isKnown(at: now, after: delay.apiKeyReading)),
                    "authn_count": .integer(key.useCount),
                ]
            }
        )
    }

    /// Without payloads.
    private var secretsDocument: JSONOutput { .array(simulator.secrets.map(\.document)) }

    var propagationDocument: JSONOutput {
        let propagation = simulator.propagation
        return [
            "api_key_use_ms": .integer(propagation.apiKeyUse.wholeMilliseconds),
            "api_key_reading_ms": .integer(propagation.apiKeyReading.wholeMilliseconds),
            "hmac_pair_use_ms": .integer(propagation.hmacPairUse.wholeMilliseconds),
        ]
    }

    var rotationRulesDocument: JSONOutput {
        let rules = simulator.rotationRules
        return [
            "api_key_quota": .integer(rules.apiKeyQuota),
            "onetime_credentials": .bool(rules.hasOneTimeCredentials),
            "forbidden": .array(rules.forbidden.map(\.rawValue).sorted().map(JSONOutput.string)),
        ]
    }
}

extension SimulatedSecret {
    fileprivate var document: JSONOutput {
        [
            "id": .string(id), "name": .string(name), "type": .string(type.rawValue), "group": .string(group),
        ]
    }
}
