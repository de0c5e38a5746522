extension Fault {
    private static let members: Set<String> =
        Set([
            "delay_ms", "drop", "drop_after", "hang", "drip", "truncate", "status", "body", "retry_after", "omit",
            "times", "twice",
        ])
        .union(contentFaults)
    private static let contentFaults = Set(TokenFault.allCases.map(\.rawValue))
        .union(CertificateFault.allCases.map(\.rawValue))

    /// Reads the body of `PUT /simulator/faults/{endpoint}`.
    init(parsing bytes: [UInt8], for endpoint: Endpoint) throws(DocumentError) {
        let reader = try ObjectReader(document: bytes, knowing: Self.members, upTo: 256 * 1_024)
        self.init()
        delay = .milliseconds(try reader.integer("delay_ms", in: 0...3_600_000) ?? 0)
        delivery = try Delivery(reader)
        answer = try FaultAnswer(reader)
        omitted = Set(try reader.strings("omit") ?? [])
        isCarriedOutTwice = try reader.bool("twice") ?? false
        times = try reader.integer("times", in: 1...1_000_000)
        for name in Self.contentFaults.sorted() where try reader.bool(name) ?? false {
            if let fault = TokenFault(rawValue: name), endpoint.tokenFaults.contains(fault) {
                token.insert(fault)
            } else if let fault = CertificateFault(rawValue: name), endpoint == .certificates {
                certificate.insert(fault)
            } else {
                throw reader.error(name, "does not apply to \(endpoint.rawValue)")
            }
        }
        guard self != Fault(times: times) else { throw DocumentError(member: "", problem: "selects no fault") }
    }

    /// The fault as it could be sent again.
    var document: JSONOutput {
        var document = JSONOutput.object([])
        if delay > .zero { document = document.adding("delay_ms", .integer(delay.wholeMilliseconds)) }
        switch delivery {
        case .whole: break
        case .drop: document = document.adding("drop", true)
        case .dropAfter: document = document.adding("drop_after", true)
        case .hang: document = document.adding("hang", true)
        case .truncate(let count): document = document.adding("truncate", .integer(count))
        case .drip(let bytes, let interval):
            let drip: JSONOutput = ["bytes": .integer(bytes), "interval_ms": .integer(interval.wholeMilliseconds)]
            document = document.adding("drip", drip)
        }
        if let answer {
            document = document.adding("status", .integer(answer.status))
            switch answer.body {
            case .service: break
            case .empty: document = document.adding("body", .null)
            case .text(let text): document = document.adding("body", .string(text))
            }
            document = document.adding("retry_after", answer.retryAfter.map(JSONOutput.integer))
        }
        if !omitted.isEmpty { document = document.adding("omit", .array(omitted.sorted().map(JSONOutput.string))) }
        if isCarriedOutTwice { document = document.adding("twice", true) }
        for fault in TokenFault.allCases where token.contains(fault) {
            document = document.adding(fault.rawValue, true)
        }
        for fault in CertificateFault.allCases where certificate.contains(fault) {
            document = document.adding(fault.rawValue, true)
        }
        return document.adding("times", times.map(JSONOutput.integer))
    }
}

extension Delivery {
    fileprivate init(_ reader: ObjectReader) throws(DocumentError) {
        var selected: [Delivery] = []
        if try reader.bool("drop") ?? false { selected.append(.drop) }
        if try reader.bool("drop_after") ?? false { selected.append(.dropAfter) }
        if try reader.bool("hang") ?? false { selected.append(.hang) }
        if let count = try reader.integer("truncate", in: 0...1_048_576) { selected.append(.truncate(count)) }
        if let drip = try reader.object("drip", knowing: ["bytes", "interval_ms"]) {
            let bytes = try drip.required("bytes", drip.integer("bytes", in: 1...65_536))
            let interval = try drip.required("interval_ms", drip.integer("interval_ms", in: 0...60_000))
            selected.append(.drip(bytes: bytes, interval: .milliseconds(interval)))
        }
        guard selected.count <= 1 else {
            throw DocumentError(
                member: "",
                problem: "selects more than one of drop, drop_after, hang, truncate and drip"
            )
        }
        self = selected.first ?? .whole
    }
}

extension FaultAnswer {
    fileprivate init?(_ reader: ObjectReader) throws(DocumentError) {
        guard let status = try reader.integer("status", in: 200...599) else {
            for name in ["body", "retry_after"] where reader.contains(name) {
                throw reader.error(name, "needs a status beside it")
            }
            return nil
        }
        let body: Body =
            if reader.isNull("body") { .empty } else { try reader.string("body").map(Body.text) ?? .service }
        let retryAfter =
            reader.isNull("retry_after") ? nil : try reader.integer("retry_after", in: 0...86_400)
        self.init(status: status, body: body, retryAfter: retryAfter)
    }
}

extension Duration {
    /// The duration in milliseconds, rounded down.
    var wholeMilliseconds: Int { Int(self / .milliseconds(1)) }
}
