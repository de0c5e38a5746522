internal import FoundationEssentials
internal import JOSE
internal import KeyRotation
internal import NIOHTTP1

/// Uses an API key for real: exchanges it for a token, and has that token verified (reference: IBM API, section 3.2).
struct APIKeyGrant: Sendable {
    let client: ServiceClient
    let check: TokenCheck

    /// What is sent, for people.
    var request: String {
        "POST \(client.url.appending("/identity/token")) grant_type=urn:ibm:params:oauth:grant-type:apikey&apikey=<secret>"
    }

    /// Uses `key`; whether it works is told by what is thrown.
    ///
    /// - Parameters:
    ///   - key: the value.
    ///   - iamID: whose token it has to open; `nil` when that is not known.
    ///   - subject: begins each message.
    /// - Throws: the fault that says why the key does not work, or that it is not known.
    func use(_ key: Redacted<String>, of iamID: String?, _ subject: String) async throws(CallStop) {
        var call = ServiceCall(subject, .POST, "/identity/token")
        var form = FormFields()
        form.append("grant_type", "urn:ibm:params:oauth:grant-type:apikey")
        form.append("apikey", key.exposed)
        call.contentType = "application/x-www-form-urlencoded"
        call.body = Redacted(String(decoding: form.encoded, as: UTF8.self))
        let object = try await client.object(
            call,
            limit: HTTPAnswer.tokenLimit,
            isBearer: false,
            known: Self.meaning
        )
        let token: UnverifiedToken
        do {
            token = UnverifiedToken(compact: try object.accessToken())
        } catch {
            throw call.malformed(error, from: client.name)
        }
        try await verify(token, of: iamID, call)
    }

    private func verify(_ token: UnverifiedToken, of iamID: String?, _ call: ServiceCall) async throws(CallStop) {
        switch await check(token) {
        case .accept(let verified):
            guard iamID == nil || verified.claims.root["iam_id"]?.string == iamID else {
                throw .fault(
                    call.fault(.rejected, "it is a key of another identity; check iam_id in the plan, and who wrote it")
                )
            }
        case .reject(let reason):
            throw .fault(
                call.fault(
                    .notUsable,
                    "IAM gave a token for it that is not accepted (\(reason)); check the issuer and the clock"
                )
            )
        case nil:
            throw .fault(
                call.fault(.unknownOutcome, "IAM gave a token for it, and there is no key set yet to check that with")
            )
        }
    }

    /// A refusal is about the API key: no other identity is in the call.
    ///
    /// IAM may have other codes for keys that are disabled or locked than the one that is documented, so whatever it
    /// refuses with a code of its own counts, but for what is wrong with the call itself.
    private static func meaning(_ refusal: ServiceRefusal) -> KnownRefusal? {
        guard [400, 401, 403].contains(refusal.status), let code = refusal.codes.first else { return nil }
        switch IAMErrorCode(rawValue: code) {
        case .propertyMissing, .methodNotAllowed: return nil
        case .apiKeyNotFound:
            return KnownRefusal(
                .notUsable,
                "IAM knows no such API key: it is seconds old, disabled, deleted, or its value is another"
            )
        default: return KnownRefusal(.notUsable, "IAM does not take the API key; look at its state")
        }
    }
}
