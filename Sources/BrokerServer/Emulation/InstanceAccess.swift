package import TokenBroker

/// What the emulation may read, and have signed, of the instance.
package struct InstanceAccess: Sendable {
    package let metadata: InstanceMetadata
    let certificates: InstanceCertificates

    package init(metadata: InstanceMetadata, certificates: InstanceCertificates) {
        (self.metadata, self.certificates) = (metadata, certificates)
    }
}
