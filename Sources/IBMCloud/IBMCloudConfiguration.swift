/// Where IBM's services are, and how they are called.
package struct IBMCloudConfiguration: Sendable {
    package var metadata: VPCIdentityConfiguration
    package var iam: IAMConfiguration

    package init(metadata: VPCIdentityConfiguration, iam: IAMConfiguration) {
        (self.metadata, self.iam) = (metadata, iam)
    }
}
