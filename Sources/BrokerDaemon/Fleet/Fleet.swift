internal import BrokerAPI
internal import DaemonConfiguration
internal import EtcdCoordination
internal import FoundationEssentials
internal import Glibc
internal import IBMCloud
internal import JOSE
internal import KeyRotation
internal import Logging
internal import NIOCore
internal import SecretFiles
internal import SecretSealing
internal import TokenBroker

/// What this machine has of its fleet: a session with etcd, and what agrees with the other nodes through it.
struct Fleet: Sendable {
    let setting: FleetSetting
    let node: NodeName
    let client: EtcdClient
    let session: EtcdSession
    /// Seals what only nodes of the fleet may read.
    let sealer: any ValueSealer
    let leadership: any RotationLeadership
    let board: any ConsumerBoard
    let feed: any KeyFeed
    /// What leaders wrote, to be read only.
    let journal: any RotationJournal
    let reading: EtcdFleet

    /// Reads the files that the configuration names; etcd itself is not needed for a start.
    ///
    /// - Throws: ``ConfigurationError`` with what is wrong with a file.
    init(_ setting: FleetSetting, time: any TimeSource, group: any EventLoopGroup, logger: Logger) async throws {
        var cluster = setting.cluster
        let work = BlockingWork(label: "fleet key")
        let files = await work.run { () -> Result<(SealingKey, Redacted<String>?), ConfigurationError> in
            do {
                let key = try SealingKey.reading(hexadecimal: setting.keyFile)
                return .success((key, try setting.user.map { try Self.password(in: $0.passwordFile) }))
            } catch {
                return .failure(ConfigurationError("etcd: \(error)"))
            }
        }
        guard let (key, password) = try files?.get() else { throw ConfigurationError("etcd: the daemon stops") }
        if let user = setting.user, let password {
            cluster.user = EtcdConfiguration.User(name: user.name, password: password)
        }
        node = try setting.node ?? Self.hostName()
        do {
            (sealer, client) = (try AESSealer(key), try EtcdClient(cluster, time: time, eventLoopGroup: group))
        } catch {
            throw ConfigurationError("etcd: \(error)")
        }
        session = EtcdSession(
            client,
            EtcdSession.Setting(node: node, version: brokerVersion, leaseSeconds: setting.leaseSeconds),
            logger: logger
        )
        self.setting = setting
        leadership = EtcdLeadership(session, sealer: sealer)
        board = EtcdConsumerBoard(session, sealer: sealer)
        feed = EtcdKeyFeed(session, sealer: sealer)
        journal = EtcdJournal(reading: client)
        reading = EtcdFleet(client, sealer: sealer)
    }

    /// How long a call may take that changes something outside.
    ///
    /// Four fifths of a lease are believed, and it is kept at a third of its time, so more than two fifths are left of one that is kept in time.
    var longestCall: Duration { min(RotationDriver.Surroundings.longestCall, .seconds(setting.leaseSeconds) * 2 / 5) }

    private static func hostName() throws(ConfigurationError) -> NodeName {
        let text = MachineIdentity.hostName.lowercased()
        guard let name = NodeName(rawValue: text) else {
            throw ConfigurationError("etcd: the host name '\(text)' cannot name a node; set etcd.node")
        }
        return name
    }

    private static func password(in path: String) throws -> Redacted<String> {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw ConfigurationError("the password file \(path) cannot be opened (errno \(errno))")
        }
        defer { _ = close(descriptor) }
        let bytes = try FileContent.read(descriptor, of: path, limit: 4_096)
        let text = String(decoding: bytes.prefix { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self)
        guard !text.isEmpty else { throw ConfigurationError("the password file \(path) is empty") }
        return Redacted(text)
    }
}
