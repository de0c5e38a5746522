internal import FoundationEssentials
internal import KeyRotation

/// Rotates an identity certificate: its lane makes the key, asks for the certificate and writes both.
///
/// The certificate before ends by itself; nobody can end it earlier.
struct CertificateKeyIssuer: KeyIssuer {
    let lane: CertificateLane
    let now: @Sendable () -> Date

    func perform(_ call: IssuerCall) async throws(Interruption) -> IssuerAnswer {
        switch call {
        case .list: return list
        case .create: return try await create()
        case .verify(let key, _): return verify(key)
        case .read, .activity, .disable, .enable, .delete:
            return .fault(IssuerFault(.unsupported, "a certificate has no such call"))
        }
    }

    func requests(for step: IssuerStep) -> [String] {
        switch step {
        case .list, .verify: ["read the files of certificate \(lane.name)"]
        case .create: ["POST of a signing request for certificate \(lane.name) to the metadata service"]
        case .read, .activity, .disable, .enable, .delete: []
        }
    }

    private var list: IssuerAnswer {
        guard let inventory = lane.inventory else { return .fault(Self.unknown) }
        return .keys(inventory.map(Self.listed))
    }

    private func create() async throws(Interruption) -> IssuerAnswer {
        // At a stop the certificate's lane goes on until the rotations have ended, so they must not wait for it.
        let result = await BlockingWork.wait { [lane] in await lane.renewNow() }
        guard let result else { throw Interruption() }
        switch result {
        case .success(let held): return .created(Self.listed(held), .none)
        case .failure(let failure):
            guard failure != .cancelled else { throw Interruption() }
            let retryAfter = failure.retryAfter.map { TimeInterval($0.components.seconds) }
            // Whether the service made one, its files do not say; the next list does.
            return .fault(
                IssuerFault(failure.isLasting ? .rejected : .unknownOutcome, failure.message, retryAfter: retryAfter)
            )
        }
    }

    private func verify(_ key: KeyID) -> IssuerAnswer {
        guard let inventory = lane.inventory else { return .fault(Self.unknown) }
        guard let held = inventory.first(where: { $0.serial == key.rawValue }), held.expires > now() else {
            return .fault(IssuerFault(.notUsable, "the files of certificate \(lane.name) do not have \(key)"))
        }
        return .done
    }

    private static let unknown = IssuerFault(.notSent, "what the files of the certificate have is not known yet")

    private static func listed(_ held: CertificateLane.Held) -> ListedKey {
        ListedKey(id: KeyID(held.serial), name: nil, createdAt: held.obtained)
    }
}
