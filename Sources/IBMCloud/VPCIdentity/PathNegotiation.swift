internal import Synchronization

/// Which path family the metadata service of this machine speaks: the newest, until another one worked.
final class PathNegotiation: Sendable {
    private let family = Mutex(PathFamily.identity)

    var current: PathFamily { family.withLock { $0 } }

    func remember(_ worked: PathFamily) {
        family.withLock { $0 = worked }
    }
}
