internal import CSecretMemory
internal import Glibc
internal import Logging

/// Whether the memory of this process stays out of swap.
enum MemoryLock: Equatable {
    case locked
    /// The limit of locked memory does not allow it.
    case limited
    case refused(errorNumber: Int32)

    /// Locks what there is and what comes.
    init() {
        self =
            switch csecretmemory_lock() {
            case CInt(CSECRETMEMORY_LOCKED): .locked
            case CInt(CSECRETMEMORY_LIMITED): .limited
            case let code: .refused(errorNumber: -code)
            }
    }
}

extension Daemon {
    /// Says what an operator may want to change; the daemon works all the same.
    func tell(_ lock: MemoryLock) {
        switch lock {
        case .locked: break
        case .limited:
            logger.notice("Memory may be swapped out; LimitMEMLOCK=infinity in the unit prevents it")
        case .refused(let errorNumber):
            logger.warning("Memory could not be locked, and may be swapped out", metadata: ["errno": "\(errorNumber)"])
        }
    }
}
