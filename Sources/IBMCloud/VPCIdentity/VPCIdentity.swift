internal import FoundationEssentials
internal import JOSE
internal import TokenBroker

/// The VPC Identity API of the metadata service: identity tokens of this instance, and IAM tokens of trusted profiles
/// in exchange for them (reference: IBM API, sections 1 and 2).
///
/// Both calls share what is known about the path family. Redirects are errors here, although IBM's change log asks
/// clients to follow them: an identity token goes to the configured address only.
package struct VPCIdentity: Sendable {
    let configuration: VPCIdentityConfiguration
    private let transport: HTTPTransport
    private let negotiation = PathNegotiation()
    let now: @Sendable () -> Date

    /// The transport is its owner's to shut down.
    init(_ configuration: VPCIdentityConfiguration, _ transport: HTTPTransport, now: @escaping @Sendable () -> Date) {
        (self.configuration, self.transport, self.now) = (configuration, transport, now)
    }

    /// Sends `call` in the path family that worked last and, after a 404, once in the other.
    func answer(to call: VPCIdentityCall) async throws(AcquisitionError) -> HTTPAnswer {
        let family = negotiation.current
        let answer = try await send(call, in: family)
        guard answer.status == 404 else { return try accepted(answer, to: call) }
        let second = try await send(call, in: family.other)
        guard second.status != 404 else {
            throw call.failure(
                .requestRejected,
                "neither \(call.path(in: family)) nor \(call.path(in: family.other)) is known there; "
                    + "check that \(configuration.url) is the metadata service"
            )
        }
        if second.status < 500 { negotiation.remember(family.other) }
        return try accepted(second, to: call)
    }

    private func send(_ call: VPCIdentityCall, in family: PathFamily) async throws(AcquisitionError) -> HTTPAnswer {
        do {
            return try await transport.send(
                call.request(to: configuration.url, in: family),
                limit: HTTPAnswer.tokenLimit
            )
        } catch {
            throw call.failure(
                error.code,
                "\(error)\(MetadataHint.text(for: error, at: configuration.url))",
                repair: MetadataHint.command(for: error)
            )
        }
    }

    private func accepted(_ answer: HTTPAnswer, to call: VPCIdentityCall) throws(AcquisitionError) -> HTTPAnswer {
        // 200 is what was seen; 201 is allowed for, as nothing says which of them the POST gives.
        guard answer.status == 200 || answer.status == 201 else {
            throw MetadataErrorBody(answer).failure(of: call, now: now())
        }
        return answer
    }
}
