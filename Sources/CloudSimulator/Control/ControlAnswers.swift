internal import JOSE

/// The control path, `/simulator/…`: what ``CloudSimulator`` can be told, over HTTP.
struct ControlAnswers {
    let simulator: CloudSimulator

    /// Answers a request for `/simulator` and the segments `path` after it.
    func answer(_ request: SimulatorRequest, _ path: [String]) throws -> SimulatorAnswer {
        guard !request.isTooLarge else {
            throw ControlError.invalid(DocumentError(member: "", problem: "is too large"))
        }
        do {
            return SimulatorAnswer(try document(request, path))
        } catch let error as DocumentError {
            throw ControlError.invalid(error)
        }
    }

    private func document(_ request: SimulatorRequest, _ path: [String]) throws -> JSONOutput {
        switch (path.first, path.count) {
        case (nil, _): return try overview(request)
        case ("faults", 1): return try allFaults(request)
        case ("faults", 2): return try fault(request, of: path[1])
        case ("rotate-keys", 1): return try rotateKeys(request)
        case ("publish-keys", 1): return try publishKeys(request)
        case ("clock", 1): return try clock(request)
        case ("profiles", 2): return try profile(request, named: path[1])
        case ("metadata-service", 1): return try metadataService(request)
        case ("root-certificate", 1): return try rootCertificate(request)
        case ("hmac-pairs", 1): return try hmacPairs(request)
        case ("hmac-pairs", 2): return try hmacPair(request, path[1])
        case ("api-keys", 1): return try apiKeys(request)
        case ("secrets", 1): return try secrets(request)
        case ("propagation", 1): return try propagation(request)
        case ("rotation-rules", 1): return try rotationRules(request)
        case ("requests", 1): return try requests(request)
        default: throw ControlError.notFound("no such switch; GET /simulator lists them")
        }
    }

    private func allFaults(_ request: SimulatorRequest) throws -> JSONOutput {
        switch request.method {
        case "GET": break
        case "DELETE": simulator.clearFaults()
        default: throw ControlError.methodNotAllowed
        }
        return faultsDocument
    }

    private func fault(_ request: SimulatorRequest, of name: String) throws -> JSONOutput {
        guard let endpoint = Endpoint(rawValue: name) else {
            let known = Endpoint.allCases.map(\.rawValue).joined(separator: ", ")
            throw ControlError.notFound("no endpoint is named \(name); there are \(known)")
        }
        switch request.method {
        case "GET": break
        case "PUT": simulator.set(try Fault(parsing: request.body, for: endpoint), for: endpoint)
        case "DELETE": simulator.clearFault(of: endpoint)
        default: throw ControlError.methodNotAllowed
        }
        return simulator.faults[endpoint]?.document ?? .object([])
    }

    private func rotateKeys(_ request: SimulatorRequest) throws -> JSONOutput {
        let reader = try reader(request, "POST", knowing: ["keep_old", "publish"])
        let (keepingOld, publishing) = (try reader?.bool("keep_old"), try reader?.bool("publish"))
        try simulator.rotateKeys(keepingOld: keepingOld ?? true, publishing: publishing ?? true)
        return keysDocument
    }

    private func publishKeys(_ request: SimulatorRequest) throws -> JSONOutput {
        _ = try reader(request, "POST", knowing: [])
        simulator.publishKeys()
        return keysDocument
    }

    private func clock(_ request: SimulatorRequest) throws -> JSONOutput {
        if request.method != "GET" {
            let reader = try reader(request, "PUT", knowing: ["offset_seconds"])
            let tenYears = 315_360_000
            guard let seconds = try reader?.integer("offset_seconds", in: -tenYears...tenYears) else {
                throw DocumentError(member: "offset_seconds", problem: "is missing")
            }
            simulator.clockOffset = seconds
        }
        return clockDocument
    }

    private func profile(_ request: SimulatorRequest, named name: String) throws -> JSONOutput {
        if request.method != "GET" {
            let reader = try reader(request, "PUT", knowing: ["linked"])
            guard let isLinked = try reader?.bool("linked") else {
                throw DocumentError(member: "linked", problem: "is missing")
            }
            simulator.setLinked(isLinked, profile: name)
        }
        guard let profile = simulator.instance.profiles.first(where: { $0.name == name }) else {
            throw ControlError.notFound("no profile is named \(name)")
        }
        return profile.document
    }

    private func metadataService(_ request: SimulatorRequest) throws -> JSONOutput {
        if request.method != "GET" {
            let reader = try reader(request, "PUT", knowing: ["enabled", "when_disabled"])
            let (isEnabled, whenDisabled) = (
                try reader?.bool("enabled"),
                try reader?.choice("when_disabled", of: MetadataService.DisabledAnswer.self)
            )
            simulator.changeMetadataService { service in
                service.isEnabled = isEnabled ?? service.isEnabled
                service.whenDisabled = whenDisabled ?? service.whenDisabled
            }
        }
        return simulator.instance.metadataService.document
    }

    private func rootCertificate(_ request: SimulatorRequest) throws -> JSONOutput {
        guard request.method == "GET" else { throw ControlError.methodNotAllowed }
        return ["certificate": .string(try simulator.rootCertificate)]
    }

    private func requests(_ request: SimulatorRequest) throws -> JSONOutput {
        switch request.method {
        case "GET": break
        case "DELETE": simulator.resetRequestCounts()
        default: throw ControlError.methodNotAllowed
        }
        return simulator.countsDocument
    }

    private func overview(_ request: SimulatorRequest) throws -> JSONOutput {
        guard request.method == "GET" else { throw ControlError.methodNotAllowed }
        return [
            "switches": ControlGuide.document,
            "faults": faultsDocument,
            "keys": keysDocument,
            "clock": clockDocument,
            "profiles": .array(simulator.instance.profiles.map(\.document)),
            "metadata_service": simulator.instance.metadataService.document,
            "hmac_pairs": hmacPairsDocument,
            "api_keys": apiKeysDocument,
            "propagation": propagationDocument,
            "rotation_rules": rotationRulesDocument,
            "requests": simulator.countsDocument,
        ]
    }

    private var faultsDocument: JSONOutput {
        let faults = simulator.faults
        return .object(
            Endpoint.allCases.compactMap { endpoint in
                faults[endpoint].map { (endpoint.rawValue, $0.document) }
            }
        )
    }

    private var keysDocument: JSONOutput {
        let (signing, published) = simulator.keyIDs
        return ["signing": .string(signing), "published": .array(published.map(JSONOutput.string))]
    }

    private var clockDocument: JSONOutput {
        ["offset_seconds": .integer(simulator.clockOffset), "now": .string(CivilTime(simulator.now).rfc3339)]
    }

    /// The members of the body, or `nil` when there is none.
    func reader(
        _ request: SimulatorRequest,
        _ method: String,
        knowing names: Set<String>
    ) throws
        -> ObjectReader?
    {
        guard request.method == method else { throw ControlError.methodNotAllowed }
        guard !request.body.isEmpty else { return nil }
        return try ObjectReader(document: request.body, knowing: names)
    }
}

extension TrustedProfile {
    fileprivate var document: JSONOutput {
        ["id": .string(id), "name": .string(name), "linked": .bool(isLinked)]
    }
}

extension MetadataService {
    fileprivate var document: JSONOutput {
        [
            "enabled": .bool(isEnabled), "protocol": .string(accessProtocol.rawValue),
            "response_hop_limit": .integer(responseHopLimit), "when_disabled": .string(whenDisabled.rawValue),
        ]
    }
}
