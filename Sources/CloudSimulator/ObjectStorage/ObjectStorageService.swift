internal import FoundationEssentials

/// The S3 API of Cloud Object Storage: the buckets of the instance file, and small objects in them.
struct ObjectStorageService {
    let identity: IdentityService
    let pairs: HMACPairs
    let store: ObjectStore

    func answer(_ request: SimulatorRequest) throws -> SimulatorAnswer {
        let admitted = try ObjectStorageGate(identity: identity, pairs: pairs).admit(request)
        let place = try ObjectPlace(request.rawPath)
        guard let bucket = place.bucket else { return try buckets(request) }
        guard identity.instance.buckets.contains(bucket) else {
            throw request.method == "PUT" ? .notPlayed("the creation of buckets") : ObjectStorageError.noSuchBucket
        }
        if let key = place.key {
            return try ObjectService(store: store, now: identity.now).answer(admitted, key, in: bucket)
        }
        switch request.method {
        case "HEAD": return Self.answer()
        case "GET": return try ObjectListing(request.query, of: bucket).answer(store)
        // rclone makes sure of a bucket by creating it.
        case "PUT": throw ObjectStorageError.bucketAlreadyOwned
        default: throw ObjectStorageError.status(405)
        }
    }

    /// `GET /`.
    private func buckets(_ request: SimulatorRequest) throws(ObjectStorageError) -> SimulatorAnswer {
        guard request.method == "GET" else { throw .status(405) }
        try Self.check(request.query, knowing: [])
        let owner = XMLOutput.escape(request.headers["ibm-service-instance-id"] ?? identity.instance.account)
        let buckets = identity.instance.buckets.map { name in
            "<Bucket><Name>\(XMLOutput.escape(name))</Name>"
                + "<CreationDate>2026-09-01T10:00:00.000Z</CreationDate></Bucket>"
        }
        return SimulatorAnswer(
            xml: #"<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">"#
                + "<Owner><ID>\(owner)</ID><DisplayName>\(owner)</DisplayName></Owner>"
                + "<Buckets>\(buckets.joined())</Buckets></ListAllMyBucketsResult>"
        )
    }

    /// Refuses parameters that would change the answer; those of a presigned URL, and SDKs' own mark, do not.
    static func check(_ query: [FormField], knowing names: Set<String>) throws(ObjectStorageError) {
        let unknown = query.first { field in
            !names.contains(field.name) && !field.name.hasPrefix("X-Amz-") && field.name != "x-id"
        }
        if let unknown { throw .notPlayed("the parameter '\(unknown.name)'") }
    }

    /// An answer without a body.
    static func answer(status: Int = 200, _ fields: [HeaderField] = []) -> SimulatorAnswer {
        var answer = SimulatorAnswer(emptyWithStatus: status)
        answer.headers = [("x-amz-request-id", UUID().uuidString.lowercased())] + fields.map { ($0.name, $0.value) }
        return answer
    }
}
