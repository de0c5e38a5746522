internal import BrokerAPI
internal import BrokerServer
internal import DaemonConfiguration
internal import Glibc
internal import Logging
internal import NIOPosix
internal import TokenBroker
internal import WorkloadAttestation

extension Daemon {
    /// What more than one listener needs.
    struct SharedByListeners {
        let broker: TokenBroker
        let gate: Gate
        let emulation: EmulationRoutes
        let administration: AdminRoutes
        /// `nil`: the page is on the admin socket alone.
        let page: PageTCP?
        let time: SystemTime
        let attestor: PeerAttestor
        let group: MultiThreadedEventLoopGroup
        let limits: ConnectionLimits
        let connections: ListenerConnections
    }

    /// All listeners that are configured; those that have a port in the order of ``RunningListeners/ports``.
    func listeners(_ shared: SharedByListeners) throws -> [SocketListener] {
        let configuration = settings.configuration
        var listeners = [
            SocketListener.admin(
                configuration.admin,
                routes: shared.administration,
                attestor: shared.attestor,
                group: shared.group,
                limits: shared.limits,
                connections: shared.connections,
                logger: logger
            )
            .inheriting(service[.admin]),
            SocketListener.workload(
                configuration.workload,
                broker: shared.broker,
                gate: shared.gate,
                emulation: shared.emulation,
                attestor: shared.attestor,
                group: shared.group,
                limits: shared.limits,
                connections: shared.connections,
                logger: logger
            )
            .inheriting(service[.workload]),
        ]
        if let address = configuration.emulation {
            listeners.append(
                SocketListener.emulation(
                    address,
                    routes: shared.emulation,
                    gate: shared.gate,
                    attestor: shared.attestor,
                    group: shared.group,
                    limits: shared.limits,
                    connections: shared.connections,
                    logger: logger
                )
                .inheriting(service[.metadata])
            )
        }
        if let socket = configuration.credentialSocket {
            let contents = configuration.credentials.mapValues { setting in
                CredentialHandout.Content(profile: setting.profile, text: setting.content.bytes)
            }
            listeners.append(
                SocketListener.credentials(
                    socket,
                    handout: CredentialHandout(
                        broker: shared.broker,
                        gate: shared.gate,
                        contents: contents,
                        logger: logger
                    ),
                    attestor: shared.attestor,
                    group: shared.group,
                    limits: shared.limits,
                    connections: shared.connections,
                    logger: logger
                )
                .inheriting(service[.credentials])
            )
        }
        if let page = shared.page {
            listeners.append(
                SocketListener.page(
                    page.address,
                    routes: PageRoutes(shared.administration, access: page.access, time: shared.time),
                    attestor: shared.attestor,
                    group: shared.group,
                    limits: shared.limits,
                    connections: shared.connections,
                    logger: logger
                )
            )
        }
        // The last one: its port is the last.
        if let address = configuration.metrics {
            listeners.append(
                SocketListener.metrics(
                    address,
                    routes: shared.administration,
                    attestor: shared.attestor,
                    group: shared.group,
                    limits: shared.limits,
                    connections: shared.connections,
                    logger: logger
                )
            )
        }
        return listeners
    }

    /// Where it listens, for the log.
    func places(_ running: RunningListeners, _ page: PageTCP?) -> Logger.Metadata {
        let configuration = settings.configuration
        var places: Logger.Metadata = [
            "workload": "\(configuration.workload.path)", "admin": "\(configuration.admin.path)",
        ]
        if let socket = configuration.credentialSocket { places["credentials"] = "\(socket.path)" }
        if let address = configuration.metrics, let port = running.ports.last {
            places["metrics"] = "\(ListenAddress(host: address.host, port: port))"
        }
        if let address = configuration.emulation, let port = running.ports.first {
            places["metadata"] = "\(ListenAddress(host: address.host, port: port))"
        }
        if let status = page?.status { places["page"] = "\(status.address)" }
        return places
    }

    /// Each connection takes three descriptors, the socket's and two that hold its process, and the usual soft limit of 1,024 is from another age.
    ///
    /// - Returns: the connection limits, lowered where the machine does not allow as many descriptors as they may take.
    func limitsWithinDescriptors() -> ConnectionLimits {
        var limits = settings.configuration.limits
        var table = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &table) == 0 else { return limits }
        let soft = table.rlim_cur
        table.rlim_cur = table.rlim_max
        if unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &table) != 0 { table.rlim_cur = soft }
        // Three listeners that take many; what is reserved is for IBM's services and files, and for who reads metrics.
        let reserved =
            Self.reservedDescriptors * (settings.configuration.metrics == nil ? 1 : 2)
            + (settings.configuration.page == nil ? 0 : Self.pageDescriptors)
        let most = max(1, (Int(clamping: table.rlim_cur) - reserved) / 9)
        if limits.connections > most {
            logger.warning(
                "Fewer connections than configured: the limit of open files is low",
                metadata: ["connections": "\(most)", "limit": "\(table.rlim_cur)"]
            )
            limits.connections = most
        }
        return limits
    }

    private static let reservedDescriptors = 48
    /// Three for each of the 64 connections of the page.
    private static let pageDescriptors = 192
}
