/// What a policy says of this machine, and the machine does not confirm.
extension Lint {
    /// Numbers without a user, unless they are of a container, whose users the host need not know.
    func unknownUsers() -> [LintWarning] {
        (grants + denials)
            .flatMap { subject in
                subject.workloads.enumerated()
                    .flatMap { index, pattern -> [LintWarning] in
                        guard !pattern.selectors.contains(where: Self.isContainer) else { return [] }
                        return pattern.selectors.compactMap { selector in
                            switch selector {
                            case .user(let id, name: nil) where !machine.hasUser(id):
                                subject.warning("workloads[\(index)].uid: this machine has no user \(id)")
                            case .loginUser(let id, name: nil) where !machine.hasUser(id):
                                subject.warning("workloads[\(index)].login_uid: this machine has no user \(id)")
                            default: nil
                            }
                        }
                    }
            }
    }

    /// Programs that are not there, or not what they seem, each looked at once.
    func programs() -> [LintWarning] {
        var known: [String: [String]] = [:]
        var digests: [String: String?] = [:]
        var warnings: [LintWarning] = []
        for subject in grants + denials {
            // The host cannot see a container's files.
            for (index, pattern) in subject.workloads.enumerated()
            where !pattern.selectors.contains(where: Self.isContainer) {
                for case .executable(let path) in pattern.selectors {
                    let messages = known[path] ?? findings(path)
                    known[path] = messages
                    warnings += messages.map { subject.warning("workloads[\(index)].executable: \(path) \($0)") }
                    for case .sha256(let wanted) in pattern.selectors {
                        let digest = digests[path] ?? machine.sha256(path)
                        digests[path] = .some(digest)
                        guard let digest, digest != wanted else { continue }
                        warnings.append(
                            subject.warning("workloads[\(index)].sha256: \(path) has another SHA-256 now: \(digest)")
                        )
                    }
                }
            }
        }
        return warnings
    }

    private func findings(_ path: String) -> [String] {
        guard let file = machine.file(path) else { return ["is not on this machine"] }
        switch file.kind {
        case .symbolicLink: return ["is a symbolic link; write the path that 'readlink -f' prints"]
        case .other: return ["is not a regular file"]
        case .regular: break
        }
        var messages: [String] = []
        if !file.isExecutable { messages.append("is not executable") }
        if file.isWritableByOthers {
            messages.append("can be written by its group or by everybody, who then decide what runs")
        }
        return messages
    }

    private static func isContainer(_ selector: Selector) -> Bool {
        switch selector {
        case .container, .pod: true
        default: false
        }
    }
}
