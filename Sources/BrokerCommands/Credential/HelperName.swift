/// The names under which tools look for their helpers: links to `iam-broker`.
enum HelperName {
    /// The arguments that `iam-broker` would have been called with, for a process that was called with `arguments`.
    ///
    /// `docker-credential-iam-broker-NAME` is Docker's helper for the trusted profile NAME: Docker passes no options.
    static func arguments(_ arguments: [String]) -> [String] {
        let rest = Array(arguments.dropFirst())
        let name = arguments.first?.split(separator: "/").last.map(String.init) ?? ""
        switch name {
        case docker: return ["credential", "docker"] + rest
        case "git-credential-iam-broker": return ["credential", "git"] + rest
        case "kubectl-iam_broker": return ["credential", "kubectl"] + rest
        default: break
        }
        guard name.hasPrefix(docker + "-") else { return rest }
        return ["credential", "docker", "--profile", String(name.dropFirst(docker.count + 1))] + rest
    }

    private static let docker = "docker-credential-iam-broker"
}
