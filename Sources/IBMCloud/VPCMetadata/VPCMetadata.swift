internal import FoundationEssentials
internal import JOSE
package import TokenBroker

/// The VPC Metadata API: what the instance may read about itself (reference: IBM API, section 6).
///
/// There is one schema for all version dates, and no second path family.
package struct VPCMetadata: MetadataSource {
    private let configuration: VPCIdentityConfiguration
    private let transport: HTTPTransport
    private let now: @Sendable () -> Date

    /// The largest answer that is read, in bytes: user data of 64 KiB and a few hundred attachments fit many times.
    static let answerLimit = 4 << 20

    /// The transport is its owner's to shut down.
    init(_ configuration: VPCIdentityConfiguration, _ transport: HTTPTransport, now: @escaping @Sendable () -> Date) {
        (self.configuration, self.transport, self.now) = (configuration, transport, now)
    }

    package func metadata(
        _ query: MetadataQuery,
        _ identity: InstanceIdentityToken
    ) async throws(AcquisitionError) -> MetadataAnswer {
        let call = VPCIdentityCall.metadata(identity, query)
        let answer: HTTPAnswer
        do {
            answer = try await transport.send(
                call.request(to: configuration.url, in: .identity),
                limit: Self.answerLimit
            )
        } catch {
            throw call.failure(
                error.code,
                "\(error)\(MetadataHint.text(for: error, at: configuration.url))",
                repair: MetadataHint.command(for: error)
            )
        }
        if answer.status == 404 { return .notFound }
        guard answer.status == 200 else { throw MetadataErrorBody(answer).failure(of: call, now: now()) }
        do {
            _ = try answer.object(limit: Self.answerLimit)
        } catch {
            throw call.failure(.malformedAnswer, "\(error); check that \(configuration.url) is the metadata service")
        }
        return .document(answer.body)
    }
}
