internal import JOSE

/// `/simulator/hmac-pairs`.
extension ControlAnswers {
    func hmacPairs(_ request: SimulatorRequest) throws -> JSONOutput {
        if request.method == "GET" { return hmacPairsDocument }
        let reader = try reader(request, "POST", knowing: ["name"])
        let name = try reader?.text("name") ?? "made-by-hand"
        guard let pair = simulator.createHMACPair(named: name) else {
            throw ControlError.tooMany("there are \(HMACPairs.maximumCount) HMAC pairs already; delete some")
        }
        // Once and never again, as IBM does with credentials.
        return pair.document.adding("secret_access_key", .string(pair.secretAccessKey.exposed))
    }

    func hmacPair(_ request: SimulatorRequest, _ accessKeyID: String) throws -> JSONOutput {
        let isThere: Bool
        switch request.method {
        case "GET": isThere = true
        case "DELETE":
            isThere = simulator.deleteHMACPair(accessKeyID)
            if isThere { return hmacPairsDocument }
        default:
            let reader = try reader(request, "PUT", knowing: ["enabled"])
            guard let isEnabled = try reader?.bool("enabled") else {
                throw DocumentError(member: "enabled", problem: "is missing")
            }
            isThere = simulator.setEnabled(isEnabled, hmacPair: accessKeyID)
        }
        guard isThere, let pair = simulator.hmacPairs.first(where: { $0.accessKeyID == accessKeyID }) else {
            throw ControlError.notFound("no HMAC pair has that access key ID; GET /simulator/hmac-pairs lists them")
        }
        return pair.document
    }

    /// Without secrets.
    var hmacPairsDocument: JSONOutput { .array(simulator.hmacPairs.map(\.document)) }
}

extension HMACPair {
    fileprivate var document: JSONOutput {
        ["name": .string(name), "access_key_id": .string(accessKeyID), "enabled": .bool(isEnabled)]
    }
}
