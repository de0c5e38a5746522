internal import FoundationEssentials

/// A request whose caller may use the buckets of the account, with the content of its body.
///
/// Only ``ObjectStorageGate`` makes one.
struct AdmittedRequest {
    let request: SimulatorRequest
    /// The body without framing; what the request said of its hash and its length is true.
    let content: [UInt8]

    fileprivate init(_ request: SimulatorRequest, content: [UInt8]) {
        self.request = request
        self.content = content
    }
}

/// Who may call Object Storage: who has an IAM token, or signs with an HMAC pair (AWS Signature Version 4).
struct ObjectStorageGate {
    let identity: IdentityService
    let pairs: HMACPairs

    /// How far the clock of a client may be from ours, in seconds.
    static let tolerance: TimeInterval = 15 * 60

    func admit(_ request: SimulatorRequest) throws -> AdmittedRequest {
        guard request.fields.count(where: { $0.name == "authorization" }) <= 1 else {
            throw ObjectStorageError.twoAuthorizations
        }
        guard !request.isTooLarge else { throw ObjectStorageError.entityTooLarge }
        guard SignatureClaim.isIn(request) else {
            guard try identity.caller(of: request) != nil else { throw ObjectStorageError.accessDenied }
            let hash = try Self.payloadHash(request, otherwise: .unsigned)
            // There is no key to check chunks with.
            if case .chunks(areSigned: true, _) = hash { throw ObjectStorageError.unsupportedPayload }
            return AdmittedRequest(request, content: try Self.content(request, hash, secret: nil, seed: ""))
        }
        return try admit(signed: request)
    }

    private func admit(signed request: SimulatorRequest) throws(ObjectStorageError) -> AdmittedRequest {
        let claim = try SignatureClaim(request)
        try checkTime(of: claim)
        guard let pair = pairs.usable(claim.accessKeyID) else { throw .invalidAccessKeyID }
        // What AWS reads and its signature leaves out, somebody on the way could have added.
        let unsigned = request.fields.contains { field in
            field.name.hasPrefix("x-amz-") && !claim.signedHeaders.contains(field.name)
        }
        guard !unsigned else { throw .headersNotSigned }
        let hash = try Self.payloadHash(request, otherwise: claim.lifetime == nil ? nil : .unsigned)
        let secret = SigningSecret(pair, claim)
        let payload = request.headers["x-amz-content-sha256"] ?? "UNSIGNED-PAYLOAD"
        let canonical = CanonicalRequest(request, signing: claim.signedHeaders, payload: payload)
        let digest = SigningSecret.digest(canonical.text.utf8)
        guard secret.made(claim.signature, of: SignatureClaim.algorithm, [digest]) else {
            throw .signatureDoesNotMatch
        }
        let seed = HexText.encode(claim.signature)
        return AdmittedRequest(request, content: try Self.content(request, hash, secret: secret, seed: seed))
    }

    private func checkTime(of claim: SignatureClaim) throws(ObjectStorageError) {
        let age = identity.now.timeIntervalSince(claim.time.date)
        guard let lifetime = claim.lifetime else {
            guard abs(age) <= Self.tolerance else { throw .requestTimeTooSkewed }
            return
        }
        guard age >= -Self.tolerance else { throw .notYetValid }
        guard age <= Double(lifetime) else { throw .expired }
    }

    private static func payloadHash(
        _ request: SimulatorRequest,
        otherwise hash: PayloadHash?
    ) throws(ObjectStorageError) -> PayloadHash {
        guard let text = request.headers["x-amz-content-sha256"] else {
            guard let hash else { throw .missingPayloadHash }
            return hash
        }
        guard let hash = PayloadHash(text) else { throw .unsupportedPayload }
        return hash
    }

    private static func content(
        _ request: SimulatorRequest,
        _ hash: PayloadHash,
        secret: SigningSecret?,
        seed: String
    ) throws(ObjectStorageError) -> [UInt8] {
        switch hash {
        case .unsigned: return request.body
        case .whole(let digest):
            guard SigningSecret.digest(request.body) == digest else { throw .contentDoesNotMatch }
            return request.body
        case .chunks(let areSigned, let haveTrailer):
            var payload = ChunkedPayload(request.body, signedWith: areSigned ? secret : nil, after: seed)
            let content = try payload.read(withTrailer: haveTrailer)
            guard let length = request.headers["x-amz-decoded-content-length"], Int(length) == content.count else {
                throw .incompleteBody
            }
            return content
        }
    }
}
