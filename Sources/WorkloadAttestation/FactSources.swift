internal import AccessPolicy
internal import Glibc

/// Where facts come from that are not about the program.
struct FactSources: Sendable {
    let digests: ExecutableDigests
    /// The size up to which executables are read, in bytes.
    let largestDigested: UInt64
    /// Where systemd keeps a link for each running unit: `invocation:UNIT`, to the unit's invocation ID.
    let invocations: String
    /// The daemon's own.
    let namespace: ControlGroupNamespace
    let observe: AttestationObserver

    private static let largestControlGroupFile = 64 << 10
    /// What the kernel writes for a process that comes from no login: (uid_t)-1.
    private static let noLogin = UInt32.max

    func loginUser(in folder: ProcessFolder) -> Fact<UInt32> {
        switch folder.content(of: "loginuid", limit: 64) {
        case .failure(let error) where error.code == ENOENT: return .unknown("this kernel keeps no login users")
        case .failure(let error): return .unknown("the login user cannot be read: \(error)")
        case .success(let bytes):
            guard let id = UInt32(String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)) else {
                return .unknown("the login user is no number")
            }
            return id == Self.noLogin ? .none : .known(id)
        }
    }

    func addControlGroup(to workload: inout Workload, from folder: ProcessFolder) {
        let group =
            switch folder.content(of: "cgroup", limit: Self.largestControlGroupFile) {
            case .success(let bytes): ControlGroup(parsing: bytes, seenFrom: namespace)
            case .failure(let error): ControlGroup(unknown: "the control group cannot be read: \(error)")
            }
        workload.unit = group.unit
        workload.slices = group.slices
        workload.container = group.container
        workload.pod = group.pod
        workload.invocation =
            switch group.unit {
            case .known(let unit): invocation(of: unit)
            case .none: .none
            case .unknown(let reason): .unknown(reason)
            }
    }

    private func invocation(of unit: String) -> Fact<String> {
        let path = "\(invocations)/invocation:\(unit)"
        observe(.path(path))
        var buffer = [CChar](repeating: 0, count: 64)
        let length = readlink(path, &buffer, buffer.count)
        guard length >= 0 else {
            let error = SystemError.last
            return error.code == ENOENT ? .none : .unknown("systemd's record of the unit cannot be read: \(error)")
        }
        let id = buffer[..<length].map { UInt8(bitPattern: $0) }
        guard id.count == 32, id.allSatisfy(Container.isHexadecimal) else {
            return .unknown("systemd's record of the unit is no invocation ID")
        }
        return .known(String(decoding: id, as: UTF8.self))
    }
}
