internal import FoundationEssentials
internal import JOSE
package import KeyRotation
internal import NIOHTTP1

/// The resource keys of an Object Storage instance, each with an HMAC pair (reference: IBM API, section 9.4).
package struct ResourceKeys: KeyIssuer {
    let target: ResourceKeyTarget
    let client: ServiceClient
    let probe: BucketProbe

    /// 100 keys a page.
    private static let mostPages = 50
    private static let missing =
        "the resource controller has no such instance; check the source of the plan, and the role of its profile"

    package func perform(_ call: IssuerCall) async throws(Interruption) -> IssuerAnswer {
        try await IssuerAnswer.of { () async throws(CallStop) in
            switch call {
            case .list: .keys(try await list())
            case .create(let name, _): try await create(name)
            case .read(let id): .material(try await read(id))
            case .verify(let id, let material): try await verify(id, material)
            case .delete(let id): try await delete(id)
            case .activity:
                .unsupported("cannot see when a resource key was used: the resource controller does not tell")
            case .disable, .enable:
                .unsupported("cannot disable a resource key: the resource controller has no such call")
            }
        }
    }

    /// All pages of the list; of a link to the next one its query alone is used.
    private func list() async throws(CallStop) -> [ListedKey] {
        let path = "/v2/resource_instances/\(PercentText.encoded(target.source))/resource_keys"
        var keys: [ListedKey] = []
        var seen: Set<String> = []
        var query = "limit=100"
        for _ in 1...Self.mostPages {
            let call = ServiceCall(
                "cannot list the resource keys of \(target.source)",
                .GET,
                "\(path)?\(query)",
                absence: Self.missing
            )
            let (some, next) = try await client.read(call) { (object) throws(AnswerFault) in
                (try ResourceKeyAnswer.list(object), try ResourceKeyAnswer.nextPage(object))
            }
            keys += some
            guard let next else { return keys }
            guard seen.insert(next).inserted else { throw call.malformed(.member("next_url"), from: client.name) }
            query = next
        }
        throw .fault(
            IssuerFault(
                .rejected,
                "cannot list the resource keys of \(target.source): there are more than \(Self.mostPages * 100); "
                    + "delete some"
            )
        )
    }

    private func create(_ name: KeyName) async throws(CallStop) -> IssuerAnswer {
        var call = ServiceCall(
            "cannot create the resource key \(name) of \(target.source)",
            .POST,
            "/v2/resource_keys",
            absence: Self.missing
        )
        var parameters = [("HMAC", "true")]
        if let service = target.serviceID { parameters.append(("serviceid_crn", JSONText.quoted(service))) }
        call.body = Redacted(
            JSONText.object([
                ("name", JSONText.quoted("\(name)")), ("source", JSONText.quoted(target.source)),
                ("role", JSONText.quoted(target.role)), ("parameters", JSONText.object(parameters)),
            ])
        )
        let (key, credentials) = try await client.read(call) { (object) throws(AnswerFault) in
            let key = try ResourceKeyAnswer.key(object)
            guard key.name == "\(name)" else { throw .member("name") }
            return (key, try ResourceKeyAnswer.credentials(object))
        }
        guard let credentials else {
            throw .fault(
                call.fault(
                    .notReadable,
                    "\(key.id) was made, and its value is not shown to the profile of the plan; give it \(client.role)"
                )
            )
        }
        return .created(key, credentials)
    }

    private func read(_ id: KeyID) async throws(CallStop) -> KeyMaterial {
        let call = ServiceCall("cannot read the resource key \(id)", .GET, "/v2/resource_keys/\(try id.segment())")
        let found = try await client.read(call) { (object) throws(AnswerFault) in
            (isThere: try ResourceKeyAnswer.isThere(object), credentials: try ResourceKeyAnswer.credentials(object))
        }
        guard found.isThere else { throw .fault(call.fault(.notFound, "it is deleted")) }
        guard let credentials = found.credentials else {
            throw .fault(
                call.fault(.notReadable, "its value was shown once, when it was made, or is not for us to see")
            )
        }
        return credentials
    }

    private func verify(_ id: KeyID, _ material: KeyMaterial) async throws(CallStop) -> IssuerAnswer {
        let subject = "cannot use the HMAC pair of the resource key \(id)"
        guard let accessKeyID = material[ResourceKeyAnswer.accessKeyID],
            let secret = material[ResourceKeyAnswer.secretAccessKey]
        else { throw .fault(IssuerFault(.rejected, "\(subject): it is not known")) }
        try await probe.use(accessKeyID.exposed, secret, subject)
        return .done
    }

    private func delete(_ id: KeyID) async throws(CallStop) -> IssuerAnswer {
        let call = ServiceCall("cannot delete the resource key \(id)", .DELETE, "/v2/resource_keys/\(try id.segment())")
        _ = try await client.send(call)
        return .done
    }
}
