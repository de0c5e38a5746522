package import EtcdCoordination
package import KeyRotation

/// The fleet that this machine belongs to, and the etcd cluster through which it agrees with the others.
package struct FleetSetting: Sendable {
    /// The cluster; the password of its user is not in here.
    package let cluster: EtcdConfiguration
    /// What the fleet is called: nodes of one fleet see each other.
    package let name: String
    /// What the fleet calls this machine; `nil`: its host name.
    package let node: NodeName?
    /// The file of the fleet's key, with which key values are sealed before they go to etcd.
    package let keyFile: String
    /// The user of etcd, and the file of the password; `nil`: none.
    package let user: User?
    /// How long the cluster waits for a sign of life of this node, in seconds.
    package let leaseSeconds: Int

    /// A user of etcd.
    package struct User: Sendable, Equatable {
        package let name: String
        package let passwordFile: String
    }
}
