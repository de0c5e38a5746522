internal import FoundationEssentials
internal import JOSE
internal import KeyRotation
internal import NIOHTTP1

/// The calls to Secrets Manager about the versions of one secret (reference: IBM API, section 9.5).
struct SecretClient: Sendable {
    let id: String
    let client: ServiceClient

    /// An arbitrary secret has 1 MB, and its JSON may take several bytes for one.
    static let answerLimit = 8 * 1_024 * 1_024
    /// The member of a version's own metadata by which it is recognised.
    static let nameMember = "iam_broker"
    /// The member that says which version a restoration took the place of.
    static let restoredMember = "iam_broker_restored"

    /// Locks that a secret may have (section 9.5).
    private static let mostLocks = 1_000

    private var path: String { "/api/v2/secrets/\(PercentText.encoded(id))/versions" }

    /// The versions that still have a payload, the oldest first.
    func versions() async throws(CallStop) -> [SecretVersion] {
        try await client.read(call("list the versions", .GET, "")) { (object) throws(AnswerFault) in
            guard let elements = object["versions"]?.array else { throw .member("versions") }
            var versions: [SecretVersion] = []
            for element in elements { versions.append(try SecretVersion(element)) }
            return versions.filter(\.isPayloadAvailable).sorted(by: SecretVersion.isOlder)
        }
    }

    /// The versions that somebody holds a lock on; none where locks cannot be seen.
    ///
    /// A lock that is not seen is met as a refusal with 412.
    func lockedVersions() async throws(CallStop) -> Set<String> {
        var call = call("list the locks", .GET, "")
        call.target = "/api/v2/secrets/\(PercentText.encoded(id))/locks?limit=\(Self.mostLocks)"
        do {
            return try await client.read(call) { (object) throws(AnswerFault) in
                guard let locks = object["locks"]?.array else { throw .member("locks") }
                return Set(locks.compactMap { $0["secret_version_id"]?.string })
            }
        } catch {
            guard case .fault(let fault) = error, [.forbidden, .rejected].contains(fault.code) else { throw error }
            return []
        }
    }

    /// A version, by its ID or as `current` or `previous`, with its payload.
    ///
    /// - Parameters:
    ///   - version: by which it is found.
    ///   - absence: what to do when there is none; `nil` for a version that may be gone.
    /// - Returns: the version.
    /// - Throws: the fault of the call.
    func version(_ version: String, absence: String? = nil) async throws(CallStop) -> SecretVersion {
        try await client.read(
            call("read the version \(version)", .GET, "/\(PercentText.encoded(version))", absence: .some(absence)),
            limit: Self.answerLimit,
            SecretVersion.init
        )
    }

    /// A version without its payload.
    func metadata(_ version: String) async throws(CallStop) -> SecretVersion {
        try await client.read(
            call(
                "look at the version \(version)",
                .GET,
                "/\(PercentText.encoded(version))/metadata",
                absence: .some(nil)
            ),
            SecretVersion.init
        )
    }

    /// Makes a version, which is the current one from then on.
    ///
    /// - Parameters:
    ///   - content: the members that hold the value, for ``JSONText``; empty when Secrets Manager makes the value.
    ///   - metadata: of the version itself.
    /// - Returns: the version, as the answer tells of it.
    /// - Throws: the fault of the call.
    func create(
        _ content: [(name: String, value: String)],
        metadata: [(name: String, value: String)]
    ) async throws(CallStop) -> SecretVersion {
        var call = call("make a version", .POST, "")
        let metadata = JSONText.object(metadata.map { ($0.name, JSONText.quoted($0.value)) })
        call.body = Redacted(JSONText.object(content + [("version_custom_metadata", metadata)]))
        return try await client.read(call, limit: Self.answerLimit, known: Self.lock, SecretVersion.init)
    }

    /// Wipes the payload of a version, which keeps its place in the history.
    ///
    /// The current version is what consumers read, so none but the previous one is wiped, whoever asks. IBM's SDK names this call for few
    /// types of secrets, and not for all versions of them: `unsupported` stands for a refusal as such, of a version that is there.
    func wipe(_ version: String) async throws(CallStop) {
        let found = try await metadata(version)
        let call = call(
            "wipe the version \(version)",
            .DELETE,
            "/\(PercentText.encoded(version))/secret_data",
            absence: .some(nil)
        )
        guard found.isPayloadAvailable else { throw .fault(call.fault(.notFound, "it is wiped already")) }
        guard found.isPrevious else {
            throw .fault(call.fault(.rejected, "it may be the one that consumers read; make another one first"))
        }
        _ = try await client.send(call) { Self.lock($0) ?? Self.noWipe($0) }
    }

    /// A call; its `absence` is `nil` for the usual advice, and `.some(nil)` where a 404 is about the version.
    private func call(
        _ verb: String,
        _ method: HTTPMethod,
        _ rest: String,
        absence: String?? = nil
    ) -> ServiceCall {
        let missing = "Secrets Manager has no such secret; check the ID and the URL, and the role of the profile"
        return ServiceCall("cannot \(verb) of the secret \(id)", method, path + rest, absence: absence ?? missing)
    }

    private static func noWipe(_ refusal: ServiceRefusal) -> KnownRefusal? {
        guard [400, 404, 405, 501].contains(refusal.status) else { return nil }
        return KnownRefusal(
            .unsupported,
            "Secrets Manager does not wipe it; whoever may read the secret can read it until the next version takes its place"
        )
    }

    private static func lock(_ refusal: ServiceRefusal) -> KnownRefusal? {
        guard refusal.status == 412 else { return nil }
        return KnownRefusal(
            .locked,
            "a lock on its previous version forbids it; see who holds it with ibmcloud secrets-manager secret-locks, and "
                + "remove it there when that consumer has the current version"
        )
    }
}
