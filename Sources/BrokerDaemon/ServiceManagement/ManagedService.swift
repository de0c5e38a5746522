internal import BrokerServer
internal import DaemonConfiguration
internal import ServiceManager

/// What the service manager gave to this instance, checked against the configuration.
struct ManagedService: Sendable {
    /// How often it wants a sign of life.
    let watchdog: Duration?
    /// Where it takes notifications.
    let notifications: NotifySocket?
    /// What an instance before this one left.
    let stored: [CInt]
    private let sockets: [String: InheritedSocket]

    /// The names of descriptors, as unit files give them (systemd.socket(5), `FileDescriptorName=`).
    enum Name: String, CaseIterable {
        case workload, admin, metadata, credentials

        /// What one instance leaves to the next.
        static let store = "token-cache"
    }

    /// Takes over what is there, so that programs which the daemon starts do not get it.
    init(configuration: DaemonConfiguration) throws(ServiceManagerError) {
        let environment = try ServiceEnvironment.taken()
        let inherited = try InheritedDescriptors(
            environment,
            known: Name.allCases.map(\.rawValue),
            storeName: Name.store
        )
        var sockets: [String: InheritedSocket] = [:]
        for name in Name.allCases {
            guard let descriptor = inherited.sockets[name.rawValue] else { continue }
            guard let place = Self.place(name, configuration) else {
                throw ServiceManagerError(
                    .activation,
                    "a socket named '\(name.rawValue)' was handed over, but the configuration has no listen.\(name.rawValue); "
                        + "set it, or disable the socket unit"
                )
            }
            sockets[name.rawValue] = try InheritedSocket(
                name.rawValue,
                descriptor,
                at: place,
                isForEverybody: name == .workload
            )
        }
        self.sockets = sockets
        watchdog = environment.watchdog
        stored = inherited.stored
        if let address = environment.notifySocket {
            notifications = try NotifySocket(address)
        } else {
            notifications = nil
        }
    }

    /// The socket at which a listener is to accept connections; `nil`: it makes its own.
    subscript(name: Name) -> CInt? { sockets[name.rawValue]?.descriptor }

    private static func place(_ name: Name, _ configuration: DaemonConfiguration) -> InheritedSocket.Place? {
        switch name {
        case .workload: .path(configuration.workload.path)
        case .admin: .path(configuration.admin.path)
        case .metadata: configuration.emulation.map { .address(host: $0.host, port: $0.port) }
        case .credentials: configuration.credentialSocket.map { .path($0.path) }
        }
    }
}
