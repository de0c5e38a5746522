/// Where IBM's services are, and how they are called.
package struct IBMCloudConfiguration: Sendable {
    package var metadata: VPCIdentityConfiguration
    package var iam: IAMConfiguration
    /// Where resource keys are made; `https://resource-controller.cloud.ibm.com` when `nil`.
    ///
    /// It is called as IAM is: within the same deadlines, trusting the same authorities.
    package var resourceController: ServiceURL?

    package init(
        metadata: VPCIdentityConfiguration,
        iam: IAMConfiguration,
        resourceController: ServiceURL? = nil
    ) {
        (self.metadata, self.iam, self.resourceController) = (metadata, iam, resourceController)
    }
}
