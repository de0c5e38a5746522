internal import FoundationEssentials
internal import JOSE
package import KeyRotation
internal import NIOHTTP1

/// The API keys of one service ID (reference: IBM API, section 9.1).
package struct IAMAPIKeys: KeyIssuer {
    /// Such as `iam-ServiceId-…`.
    let iamID: String
    let account: String?
    let plan: PlanName
    let client: ServiceClient
    let grant: APIKeyGrant

    /// What sinks call the value.
    static let field = "api_key"
    /// 100 keys a page; an identity may have 20, and an account may have asked for more.
    private static let mostPages = 20
    private static let missing = "IAM has no such service ID; check its IAM ID and the account in the plan"

    package func perform(_ call: IssuerCall) async throws(Interruption) -> IssuerAnswer {
        try await IssuerAnswer.of { () async throws(CallStop) in
            switch call {
            case .list: .keys(try await list())
            case .create(let name, let material): try await create(name, material)
            case .read(let id):
                .fault(IssuerFault(.notReadable, "cannot read the API key \(id): IAM does not tell its value again"))
            case .verify(let id, let material): try await verify(id, material)
            case .activity(let id): .lastUse(try await lastUse(of: id))
            case .disable(let id): try await change("disable", .POST, id, "/disable")
            case .enable(let id): try await change("enable", .DELETE, id, "/disable")
            case .delete(let id): try await change("delete", .DELETE, id, "")
            }
        }
    }

    /// All pages of the list.
    ///
    /// Of a link to the next page its token alone is used: the call, and the IAM token with it, goes to the configured
    /// place and no other.
    private func list() async throws(CallStop) -> [ListedKey] {
        var keys: [ListedKey] = []
        var seen: Set<String> = []
        var page: String?
        for _ in 1...Self.mostPages {
            let call = ServiceCall(
                "cannot list the API keys of \(iamID)",
                .GET,
                "/v1/apikeys" + query(page),
                absence: Self.missing
            )
            let (some, next) = try await client.read(call) { (object) throws(AnswerFault) in
                (try APIKeyAnswer.list(object, of: iamID), try APIKeyAnswer.nextPage(object))
            }
            keys += some
            guard let next else { return keys }
            guard seen.insert(next).inserted else { throw call.malformed(.member("next"), from: client.name) }
            page = next
        }
        throw .fault(
            IssuerFault(
                .rejected,
                "cannot list the API keys of \(iamID): there are more than \(Self.mostPages * 100); delete some"
            )
        )
    }

    func query(_ page: String?) -> String {
        PercentText.query([
            ("account_id", account), ("iam_id", iamID), ("type", "serviceid"), ("scope", "entity"),
            ("pagesize", "100"), ("pagetoken", page),
        ])
    }

    private func create(_ name: KeyName, _ material: KeyMaterial?) async throws(CallStop) -> IssuerAnswer {
        var call = ServiceCall(
            "cannot create the API key \(name) of \(iamID)",
            .POST,
            "/v1/apikeys",
            absence: Self.missing
        )
        let own = material?[Self.field]
        var members = [
            ("name", JSONText.quoted("\(name)")),
            ("description", JSONText.quoted("made by iam-broker for the rotation plan \(plan)")),
            ("iam_id", JSONText.quoted(iamID)), ("store_value", "false"),
        ]
        if let account { members.append(("account_id", JSONText.quoted(account))) }
        if let own { members.append(("apikey", JSONText.quoted(own.exposed))) }
        call.body = Redacted(JSONText.object(members))
        return try await client.read(call) { (object) throws(AnswerFault) in
            let key = try APIKeyAnswer.key(object)
            guard key.name == "\(name)" else { throw .member("name") }
            return .created(key, KeyMaterial([Self.field: try APIKeyAnswer.value(object, own: own)]))
        }
    }

    private func verify(_ id: KeyID, _ material: KeyMaterial) async throws(CallStop) -> IssuerAnswer {
        let subject = "cannot use the API key \(id) of \(iamID)"
        guard let value = material[Self.field] else {
            throw .fault(IssuerFault(.rejected, "\(subject): its value is not known"))
        }
        try await grant.use(value, of: iamID, subject)
        return .done
    }

    /// To the minute, rounded down; `nil` for a key that was never used.
    private func lastUse(of id: KeyID) async throws(CallStop) -> Date? {
        let target = "/v1/apikeys/\(try id.segment())?include_activity=true"
        return try await client.read(
            ServiceCall("cannot see when the API key \(id) of \(iamID) was used", .GET, target),
            APIKeyAnswer.lastUse
        )
    }

    private func change(
        _ verb: String,
        _ method: HTTPMethod,
        _ id: KeyID,
        _ rest: String
    ) async throws(CallStop) -> IssuerAnswer {
        let target = "/v1/apikeys/\(try id.segment())\(rest)"
        _ = try await client.send(ServiceCall("cannot \(verb) the API key \(id) of \(iamID)", method, target))
        return .done
    }
}
