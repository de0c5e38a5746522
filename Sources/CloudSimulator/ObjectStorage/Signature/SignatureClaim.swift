/// The signature that a request says it has: read, and not yet believed.
struct SignatureClaim {
    let accessKeyID: String
    /// Day, region, service and `aws4_request`.
    let scope: [String]
    /// Names in lower case.
    let signedHeaders: [String]
    let signature: [UInt8]
    let time: AmazonTime
    /// Seconds that a presigned URL may be used; `nil` for a signature in the header.
    let lifetime: Int?

    static let algorithm = "AWS4-HMAC-SHA256"

    /// Whether `request` comes from a client that signs, rightly or not.
    static func isIn(_ request: SimulatorRequest) -> Bool {
        let authorization = request.headers["authorization"] ?? ""
        return authorization.hasPrefix("AWS") || request.query["X-Amz-Algorithm"] != nil
    }

    /// Reads the signature of `request`, in the header or in the query.
    init(_ request: SimulatorRequest) throws(ObjectStorageError) {
        if request.query["X-Amz-Algorithm"] != nil {
            guard request.headers["authorization"] == nil else { throw .twoAuthorizations }
            try self.init(presigned: request)
        } else {
            try self.init(header: request)
        }
    }

    private init(header request: SimulatorRequest) throws(ObjectStorageError) {
        let text = request.headers["authorization"] ?? ""
        let parts = text.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0] == Self.algorithm else { throw .unsupportedAuthorization }
        var members: [String: String] = [:]
        for part in parts[1].split(separator: ",") {
            let pair = part.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, members.updateValue(String(pair[1]), forKey: String(pair[0])) == nil else {
                throw .malformedAuthorization
            }
        }
        guard let time = request.headers["x-amz-date"].flatMap(AmazonTime.init) else { throw .missingDate }
        guard members.count == 3 else { throw .malformedAuthorization }
        try self.init(members, at: time, lifetime: nil, otherwise: .malformedAuthorization)
    }

    private init(presigned request: SimulatorRequest) throws(ObjectStorageError) {
        var members: [String: String] = [:]
        for field in request.query where field.name.hasPrefix("X-Amz-") {
            let name = String(field.name.dropFirst("X-Amz-".count))
            guard members.updateValue(field.value, forKey: name) == nil else { throw .malformedQuery }
        }
        guard members["Algorithm"] == Self.algorithm, let time = members["Date"].flatMap(AmazonTime.init),
            let lifetime = members["Expires"].flatMap({ Int($0) }), (1...604_800).contains(lifetime)
        else { throw .malformedQuery }
        try self.init(members, at: time, lifetime: lifetime, otherwise: .malformedQuery)
    }

    private init(
        _ members: [String: String],
        at time: AmazonTime,
        lifetime: Int?,
        otherwise error: ObjectStorageError
    ) throws(ObjectStorageError) {
        let credential = (members["Credential"] ?? "").split(separator: "/", omittingEmptySubsequences: false)
        let names = (members["SignedHeaders"] ?? "").split(separator: ";").map(String.init)
        guard credential.count == 5, credential.allSatisfy({ !$0.isEmpty }), credential[1] == time.day,
            credential[3] == "s3", credential[4] == "aws4_request", names.contains("host"),
            let signature = members["Signature"].flatMap({ HexText.decode($0) }), signature.count == 32
        else { throw error }
        accessKeyID = String(credential[0])
        scope = credential.dropFirst().map(String.init)
        signedHeaders = names
        self.signature = signature
        self.time = time
        self.lifetime = lifetime
    }
}
