internal import JOSE

/// The body of `POST /api/v2/secrets/{id}/versions`, in the form of the secret's type.
struct SecretVersionBody {
    let content: Content
    /// JSON for the secret and for the version.
    let metadata: String?
    let versionMetadata: String?

    enum Content {
        /// Brought along by the client.
        case payload(Redacted<String>)
        /// To be made: a password, or an API key.
        case generated
        /// That of the version before.
        case previous
    }

    /// The largest payload in bytes.
    static let maximumPayload = 1_024 * 1_024
    /// The largest `data` in bytes.
    static let maximumData = 512 * 1_024

    init(_ request: SimulatorRequest, for type: SimulatedSecret.SecretType) throws(VPCError) {
        guard !request.isTooLarge else { throw .payloadTooLarge }
        do {
            let body = request.body.isEmpty ? Array("{}".utf8) : request.body
            let names = try Self.members(of: type).union(["custom_metadata", "version_custom_metadata"])
            let reader = try ObjectReader(document: body, knowing: names, upTo: SimulatorRequest.maximumBody)
            metadata = try reader.objectText("custom_metadata")
            versionMetadata = try reader.objectText("version_custom_metadata")
            content = try Self.content(reader, type)
        } catch let error as VPCError {
            throw error
        } catch let error as DocumentError {
            throw .badBody(error)
        } catch {
            throw .service
        }
    }

    private static func members(of type: SimulatedSecret.SecretType) throws(VPCError) -> Set<String> {
        switch type {
        case .arbitrary: ["payload"]
        case .kv: ["data"]
        case .usernamePassword: ["password"]
        case .iamCredentials: ["restore_from_version"]
        case .serviceCredentials, .publicCertificate, .importedCertificate: throw .notPlayedHere
        }
    }

    private static func content(_ reader: ObjectReader, _ type: SimulatedSecret.SecretType) throws -> Content {
        switch type {
        case .arbitrary:
            let payload = try reader.required("payload", reader.text("payload"))
            guard payload.utf8.count <= maximumPayload else { throw VPCError.payloadTooLarge }
            return .payload(Redacted(payload))
        case .kv:
            let data = try reader.required("data", reader.objectText("data"))
            guard data.utf8.count <= maximumData else { throw VPCError.payloadTooLarge }
            return .payload(Redacted(data))
        case .usernamePassword:
            return try reader.text("password").map { .payload(Redacted($0)) } ?? .generated
        case .iamCredentials:
            guard let version = try reader.text("restore_from_version") else { return .generated }
            guard version == "previous" else { throw reader.error("restore_from_version", "must be 'previous'") }
            return .previous
        case .serviceCredentials, .publicCertificate, .importedCertificate: throw VPCError.notPlayedHere
        }
    }
}
