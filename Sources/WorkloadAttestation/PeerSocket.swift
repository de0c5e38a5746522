internal import AccessPolicy
internal import CLinux
internal import Glibc

/// What a connected Unix socket tells about its other end, as of connect(2): nothing the peer does later changes it.
///
/// No call waits.
struct PeerSocket {
    let number: CInt

    func credentials() throws(AttestationError) -> clinux_ucred {
        var credentials = clinux_ucred()
        let result = clinux_peer_credentials(number, &credentials)
        guard result >= 0 else {
            throw AttestationError(
                .unidentified,
                "the kernel does not tell who connected: \(SystemError(code: -result)); connect over a Unix socket"
            )
        }
        return credentials
    }

    /// `nil` on a kernel without the option; `ESRCH` when the process is gone.
    func pidfd() -> Result<Descriptor, SystemError>? {
        let number = clinux_peer_pidfd(number)
        if number >= 0 { return .success(Descriptor(owning: number)) }
        return switch -number {
        case ENOPROTOOPT: nil
        case EINVAL: .failure(SystemError(code: ESRCH))
        default: .failure(SystemError(code: -number))
        }
    }

    func groups() -> Fact<[UInt32]> {
        var capacity = 64
        // A process may be in 65,536 groups (NGROUPS_MAX).
        while capacity <= 65_536 {
            var groups = [UInt32](repeating: 0, count: capacity)
            let count = clinux_peer_groups(number, &groups, CInt(capacity))
            if count >= 0 { return .known(Array(groups.prefix(Int(count)))) }
            guard count == -ERANGE else {
                return .unknown("the kernel does not tell the groups: \(SystemError(code: -count))")
            }
            capacity *= 32
        }
        return .unknown("the process is in too many groups")
    }

    func label() -> Fact<String> {
        var capacity = 256
        while capacity <= 65_536 {
            var label = [CChar](repeating: 0, count: capacity)
            let length = clinux_peer_label(number, &label, CInt(capacity))
            if length >= 0 { return SecurityLabel.fact(label.prefix(Int(length)).map { UInt8(bitPattern: $0) }) }
            switch -length {
            case ERANGE: capacity *= 16
            case ENOPROTOOPT: return .unknown(SecurityLabel.noModule)
            default: return .unknown("the kernel does not tell the label: \(SystemError(code: -length))")
            }
        }
        return .unknown("the label is too long")
    }
}
