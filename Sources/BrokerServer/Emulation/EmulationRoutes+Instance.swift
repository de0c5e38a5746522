internal import AccessPolicy
internal import FoundationEssentials
internal import JOSE
internal import NIOHTTP1
internal import TokenBroker

/// What IBM's paths tell of the instance, and sign for it.
extension EmulationRoutes {
    /// `GET /metadata/v1/…`.
    func metadata(_ request: Request, _ path: String, _ peer: any Peer) async throws(MetadataError) -> Response {
        guard request.method == .GET else { throw .methodNotAllowed("GET") }
        let query = try MetadataQuery(path: path, VersionQuery(request.query, knowing: ["start", "limit"]))
        let workload = try await authenticated(request, peer)
        // What is no path is nobody's to grant; nothing of it is kept, however often and at whatever length it comes.
        guard MetadataPath.segments(path) != nil else { throw .notFound("there is no such resource") }
        try permit(.metadata(path: path), to: workload)
        let access = try access
        let answer: MetadataAnswer
        do throws(AcquisitionError) {
            answer = try await access.metadata.answer(query, for: workload.userID)
        } catch {
            throw MetadataError(error)
        }
        try stillPermit(.metadata(path: path), to: workload, peer)
        guard case .document(let bytes) = answer else { throw .notFound("there is no such resource") }
        guard path.split(separator: "/").last == "initialization" else { return Response(body: bytes) }
        let mayReadUserData = gate.mayInclude(.userData, for: workload)
        return Response(body: mayReadUserData ? bytes : try Self.withoutSecrets(bytes))
    }

    /// `POST …/certificates`.
    func certificate(
        _ request: Request,
        _ family: EmulationPath.Family,
        _ peer: any Peer
    ) async throws(MetadataError) -> Response {
        guard request.method == .POST else { throw .methodNotAllowed("POST") }
        try VersionQuery(request.query).check(family, successor: "POST /identity/v1/certificates")
        let workload = try await authenticated(request, peer)
        try permit(.certificates, to: workload)
        let asked = try CertificateRequest(body: request.body)
        let access = try access
        let issued: IssuedCertificate
        do throws(AcquisitionError) {
            issued = try await access.certificates.certificate(asked)
        } catch {
            throw MetadataError(error)
        }
        try stillPermit(.certificates, to: workload, peer)
        return Response(CertificateDocument(issued), keys: .convertToSnakeCase)
    }

    private var access: InstanceAccess {
        get throws(MetadataError) {
            guard let instance else {
                throw .notFound(
                    "this broker's identity comes from a token file: there is no metadata service behind it"
                )
            }
            return instance
        }
    }

    private func permit(_ resource: InstanceResource, to workload: Workload) throws(MetadataError) {
        guard gate.audit.mayProceed else { throw .unavailable(HandoutRefusal.auditMessage, retryAfter: 5) }
        if let lock = broker.lockOfAll { throw .unauthorized(lock.messageForInstance) }
        guard gate.mayAskForResource(workload.userID) else {
            let message = "too many requests for what the instance tells: 20 a second are served; keep the answers"
            throw MetadataError(status: 429, code: "too_many_requests", message: message, retryAfter: 1)
        }
        guard let record = gate.decide(workload, resource) else { return }
        throw .unauthorized(
            "not for this process (uid \(workload.userID)): \(record.refusal); \(MetadataError.hint(record))"
        )
    }

    /// The wait was long enough for another policy, or for another program in the process.
    private func stillPermit(
        _ resource: InstanceResource,
        to workload: Workload,
        _ peer: any Peer
    ) throws(MetadataError) {
        if let lock = broker.lockOfAll { throw .unauthorized(lock.messageForInstance) }
        guard peer.isUnchanged() else {
            throw .unauthorized("this process runs another program than when it asked, or has ended; connect again")
        }
        let now = broker.time.now.wall
        guard case .permit = gate.policy.current.policy.decide(workload, resource, at: now) else {
            throw .unauthorized("the grant for it was taken back meanwhile")
        }
    }

    /// The initialization document without what start-up scripts and passwords hold.
    private static func withoutSecrets(_ bytes: [UInt8]) throws(MetadataError) -> [UInt8] {
        let limits = JSONLimits(size: 4 << 20, depth: 32)
        guard let members = (try? JSONDocument(parsing: bytes, limits: limits))?.root.members else {
            throw MetadataError(
                status: 502,
                code: "service_error",
                message: "the metadata service's answer is no object"
            )
        }
        let rest = members.filter { !["user_data", "password"].contains($0.name) }
        let encoder = JSONEncoder()
        let texts = rest.compactMap { member in
            (try? encoder.encode(member.name)).map { "\(String(decoding: $0, as: UTF8.self)):\(member.value.text)" }
        }
        return Array("{\(texts.joined(separator: ","))}".utf8)
    }
}

extension MetadataQuery {
    fileprivate init(path: String, _ query: VersionQuery) throws(MetadataError) {
        var limit: Int?
        if let text = query.others["limit"] {
            guard let number = Int(text), (1...100).contains(number) else {
                let target = MetadataError.Target(name: "limit", type: .parameter)
                throw .invalid("invalid_value", "limit must be between 1 and 100", target)
            }
            limit = number
        }
        let start = query.others["start"]
        if let start {
            // What IBM's pages are called is not documented; nothing in it may lead elsewhere.
            let isPlain = start.allSatisfy { character in
                character.isASCII && (character.isLetter || character.isNumber || "-_.~=%+".contains(character))
            }
            guard !start.isEmpty, start.utf8.count <= 512, isPlain else {
                let target = MetadataError.Target(name: "start", type: .parameter)
                throw .invalid("invalid_value", "start is none that a page has named", target)
            }
        }
        self.init(path: path, start: start, limit: limit)
    }
}

extension CertificateRequest {
    fileprivate init(body: [UInt8]) throws(MetadataError) {
        let document = try RequestDocument(body)
        try document.check(known: ["csr", "expires_in"])
        let members = Dictionary(
            (document.members ?? []).map { ($0.name, $0.value) },
            uniquingKeysWith: { first, _ in first }
        )
        guard let csr = members["csr"] else { throw RequestDocument.missing("csr") }
        guard let text = csr.string, text.hasPrefix("-----BEGIN CERTIFICATE REQUEST-----") else {
            throw RequestDocument.invalid("csr", "csr must be a certificate signing request in PEM")
        }
        var lifetime: Int?
        if let value = members["expires_in"] {
            // The range is not documented; IBM's own mount program keeps to this one (reference: IBM API, section 7).
            guard let seconds = value.integer, (300...3_600).contains(seconds) else {
                throw RequestDocument.invalid("expires_in", "expires_in must be a whole number from 300 to 3600")
            }
            lifetime = seconds
        }
        self.init(signingRequest: text, lifetime: lifetime)
    }
}

extension MetadataError {
    /// What kept the daemon from asking the metadata service.
    fileprivate init(_ error: AcquisitionError) {
        switch error.code {
        case .requestRejected: self = .invalid("invalid_value", error.message)
        default:
            let wait = error.retryAfter ?? .seconds(5)
            self = .unavailable(error.message, retryAfter: HandoutRefusal.retryAfter(wait))
        }
    }
}

// On the wire the members are in snake case.
private struct CertificateDocument: Encodable {
    let certificates: [String]
    let createdAt: String
    let expiresAt: String
    let expiresIn: Int
    let id: String

    init(_ issued: IssuedCertificate) {
        (certificates, id) = (issued.chain, issued.id)
        (createdAt, expiresAt, expiresIn) = (issued.createdAt, issued.expiresAt, issued.lifetime)
    }
}
