import Synchronization
import WorkloadAttestation

/// What attestation touched; and at one named access, once, something happens first.
final class Observations: Sendable {
    private let seen = Mutex<[AttestationAccess]>([])
    private let isDone = Mutex(false)
    private let moment: AttestationAccess?
    private let action: @Sendable () -> Void

    init(at moment: AttestationAccess? = nil, _ action: @escaping @Sendable () -> Void = {}) {
        self.moment = moment
        self.action = action
    }

    var observer: AttestationObserver {
        { access in
            self.seen.withLock { $0.append(access) }
            guard access == self.moment else { return }
            let isFirst = self.isDone.withLock { isDone in
                defer { isDone = true }
                return !isDone
            }
            if isFirst { self.action() }
        }
    }

    var all: [AttestationAccess] { seen.withLock { $0 } }

    var names: Set<String> {
        Set(
            all.map { access in
                switch access {
                case .processFile(let name): name
                case .path(let path): path
                case .content: "content"
                }
            }
        )
    }
}
