internal import FoundationEssentials
internal import JOSE
package import KeyRotation
internal import NIOHTTP1

/// The versions of one root key in Key Protect (reference: IBM API, section 9.6).
///
/// They have no value for consumers: Key Protect keeps all of them, and wraps with the newest.
package struct RootKey: KeyIssuer {
    let target: RootKeyTarget
    let client: ServiceClient

    package func perform(_ call: IssuerCall) async throws(Interruption) -> IssuerAnswer {
        try await IssuerAnswer.of { () async throws(CallStop) in
            switch call {
            case .list: .keys([try await metadata().listed])
            case .create: .created(try await rotate(), .none)
            case .verify(let id, _): try await verify(id)
            case .read: .unsupported("cannot read a root key: Key Protect tells no value of it")
            case .activity: .unsupported("cannot see when a version of a root key was used: Key Protect does not tell")
            case .disable, .enable, .delete: .unsupported("cannot end a version of a root key: Key Protect keeps all")
            }
        }
    }

    private func metadata() async throws(CallStop) -> RootKeyState {
        try await client.read(call("look at", .GET, "/metadata"), RootKeyState.init)
    }

    /// The new version is the one that was not there before: the answer to a rotation names none.
    private func rotate() async throws(CallStop) -> ListedKey {
        let before = try await metadata()
        var call = call("rotate", .POST, "/actions/rotate")
        call.headers.append(("Content-Type", "application/vnd.ibm.kms.key_action+json"))
        do {
            _ = try await client.send(call, known: Self.meaning)
        } catch {
            guard let made = try await version(after: error, since: before) else { throw error }
            return made
        }
        let after: RootKeyState
        do {
            after = try await metadata()
        } catch {
            guard case .fault(let fault) = error else { throw error }
            throw .fault(IssuerFault(.unknownOutcome, "rotated, and not seen yet: \(fault.message)"))
        }
        guard after.version != before.version else {
            throw .fault(call.fault(.unknownOutcome, "Key Protect did it, and does not show the new version yet"))
        }
        return after.listed
    }

    /// The version that a rotation made whose answer was lost, or was given to a repetition on the way; `nil` when none is
    /// seen.
    private func version(after stop: CallStop, since before: RootKeyState) async throws(CallStop) -> ListedKey? {
        guard case .fault(let fault) = stop, [.rateLimited, .unknownOutcome].contains(fault.code) else { return nil }
        do {
            let after = try await metadata()
            return after.version == before.version ? nil : after.listed
        } catch {
            // What is not seen stays what the rotation itself ended with.
            guard case .interrupted = error else { return nil }
            throw error
        }
    }

    private func verify(_ id: KeyID) async throws(CallStop) -> IssuerAnswer {
        let state = try await metadata()
        let call = call("use the version \(id) of", .GET, "/metadata")
        guard state.isActive else {
            throw .fault(call.fault(.notUsable, "it is not active; look at its state in Key Protect"))
        }
        guard state.version == id else {
            throw .fault(call.fault(.notUsable, "its version is \(state.version)"))
        }
        return .done
    }

    private func call(_ verb: String, _ method: HTTPMethod, _ rest: String) -> ServiceCall {
        var call = ServiceCall(
            "cannot \(verb) the root key \(target.id)",
            method,
            "/api/v2/keys/\(PercentText.encoded(target.id))\(rest)",
            absence: "Key Protect has no such root key; check its ID, the instance and the region of the URL"
        )
        call.headers = [("bluemix-instance", target.instance)]
        return call
    }

    private static func meaning(_ refusal: ServiceRefusal) -> KnownRefusal? {
        switch (refusal.status, refusal.codes.first) {
        case (409, "KEY_ROTATION_NOT_PERMITTED"):
            KnownRefusal(
                .rateLimited,
                "Key Protect rotates a key once an hour; it is tried again in an hour",
                retryAfter: 3_600
            )
        case (400, "KEY_PAYLOAD_REQ_ERR"):
            KnownRefusal(
                .rejected,
                "it was imported, so each version needs key material of yours; rotate it by hand, or plan a key that "
                    + "Key Protect made"
            )
        default: nil
        }
    }
}
