internal import FoundationEssentials

/// Calls for one object: `PUT`, `GET`, `HEAD` and `DELETE`.
struct ObjectService {
    let store: ObjectStore
    let now: Date

    /// Fields that give a call another meaning, and that nobody here understands.
    private static let notPlayed = [
        "x-amz-copy-source", "if-match", "if-none-match", "if-modified-since", "if-unmodified-since",
    ]
    /// Fields of a `PUT` that a reader gets back, beside the metadata.
    private static let kept: Set = ["content-type", "content-disposition", "content-language", "cache-control"]
    private static let maximumFields = 8 * 1_024

    func answer(_ admitted: AdmittedRequest, _ key: ObjectKey, in bucket: String) throws -> SimulatorAnswer {
        let request = admitted.request
        try ObjectStorageService.check(request.query, knowing: [])
        if let name = Self.notPlayed.first(where: { request.headers[$0] != nil }) {
            throw ObjectStorageError.notPlayed("the header field '\(name)'")
        }
        switch request.method {
        case "PUT":
            let fields = try Self.fields(of: request)
            let object = StoredObject(content: admitted.content, fields: fields, modified: now)
            try store.put(object, key, in: bucket)
            return ObjectStorageService.answer([HeaderField(name: "etag", value: object.tag)])
        case "GET", "HEAD":
            guard let object = store.object(key, in: bucket) else { throw ObjectStorageError.noSuchKey }
            var answer = ObjectStorageService.answer(object.fields)
            answer.headers += [("etag", object.tag), ("last-modified", CivilTime(object.modified).http)]
            answer.content = object.content
            return answer
        case "DELETE":
            store.remove(key, in: bucket)
            return ObjectStorageService.answer(status: 204)
        default: throw ObjectStorageError.status(405)
        }
    }

    private static func fields(of request: SimulatorRequest) throws(ObjectStorageError) -> [HeaderField] {
        var fields = request.fields.filter { kept.contains($0.name) || $0.name.hasPrefix("x-amz-meta-") }
        // The framing is gone when the object is stored.
        let encodings = (request.headers["content-encoding"] ?? "").split(separator: ",")
            .map { $0.filter { $0 != " " } }.filter { $0 != "aws-chunked" }
        if !encodings.isEmpty {
            fields.append(HeaderField(name: "content-encoding", value: encodings.joined(separator: ",")))
        }
        let size = fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        guard size <= maximumFields else { throw .metadataTooLarge }
        return fields
    }
}
