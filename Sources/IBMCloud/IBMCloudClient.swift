internal import AsyncHTTPClient
package import FoundationEssentials
package import NIOCore
package import TokenBroker

/// The adapters for IBM's APIs, and the connections that they share.
///
/// Its owner calls ``shutdown()`` at the end.
///
/// There is one HTTP client per network: the connect deadline and the certificate authorities belong to a client, and
/// the link-local metadata service needs others than IAM.
package struct IBMCloudClient: Sendable {
    /// Identity tokens and IAM tokens from the metadata service of a VPC instance.
    package let vpcIdentity: VPCIdentity
    /// What the instance may read about itself.
    package let vpcMetadata: VPCMetadata
    /// IAM tokens in exchange for a ``ServiceAccountTokenFile``.
    package let tokenExchange: IAMTokenExchange
    package let keySet: IAMKeySet
    /// Where keys are made that are rotated.
    let keyServices: KeyServices

    private let metadataTransport: HTTPTransport
    private let iamTransport: HTTPTransport

    /// Builds the adapters; nothing is sent.
    ///
    /// - Parameters:
    ///   - configuration: where IBM's services are, and how they are called.
    ///   - eventLoopGroup: where the connections live; the process-wide group unless given.
    ///   - spans: opens one around each call.
    ///   - now: the wall clock.
    /// - Throws: ``ConfigurationError`` when a CA file cannot be read or IAM would be called without encryption.
    package init(
        configuration: IBMCloudConfiguration,
        eventLoopGroup: any EventLoopGroup = HTTPClient.defaultEventLoopGroup,
        spans: SpanSource = .none,
        now: @escaping @Sendable () -> Date
    ) throws(ConfigurationError) {
        let iam = configuration.iam
        for url in [iam.url, iam.keySetURL ?? iam.url] where !url.isEncrypted && !url.isLoopback {
            throw ConfigurationError(
                "\(url) must begin with https://: IAM is only called encrypted, or on this machine"
            )
        }
        let resourceController = try KeyServices.url(
            configuration.resourceController?.description ?? "https://resource-controller.cloud.ibm.com"
        )
        // All that can fail comes before the first HTTP client, which would have to be shut down again.
        let metadataTLS = try configuration.metadata.trust.configuration()
        let iamTLS = try iam.trust.configuration()
        metadataTransport = HTTPTransport(
            deadlines: configuration.metadata.deadlines,
            tls: metadataTLS,
            eventLoopGroup: eventLoopGroup,
            spans: spans
        )
        iamTransport = HTTPTransport(
            deadlines: iam.deadlines,
            tls: iamTLS,
            eventLoopGroup: eventLoopGroup,
            spans: spans
        )
        vpcIdentity = VPCIdentity(configuration.metadata, metadataTransport, now: now)
        vpcMetadata = VPCMetadata(configuration.metadata, metadataTransport, now: now)
        tokenExchange = IAMTokenExchange(iam, iamTransport, now: now)
        keySet = IAMKeySet(iam, iamTransport, now: now)
        keyServices = KeyServices(
            iam: iam.url,
            resourceController: resourceController,
            transport: iamTransport,
            now: now
        )
    }

    /// Closes all connections.
    ///
    /// Calls under way fail, later ones too.
    package func shutdown() async throws {
        // The second is closed even when closing the first fails.
        async let metadata: Void = metadataTransport.shutdown()
        async let iam: Void = iamTransport.shutdown()
        try await metadata
        try await iam
    }
}
