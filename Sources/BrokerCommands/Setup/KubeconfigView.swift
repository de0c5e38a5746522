internal import JOSE

/// A kubeconfig as kubectl reads it, with its secrets left out by kubectl.
struct KubeconfigView {
    private let root: JSONDocument

    /// Parses what `kubectl config view -o json` prints.
    init?(_ text: String) {
        guard let root = try? JSONDocument(parsing: text, limits: JSONLimits(size: 8 << 20, depth: 64)),
            root.root.isObject
        else { return nil }
        self.root = root
    }

    struct User {
        let name: String
        let text: String
        /// The program of its `exec` section with its arguments.
        let command: [String]?

        var isOurs: Bool {
            guard let command, let program = command.first?.split(separator: "/").last else { return false }
            return program == "kubectl-iam_broker"
                || program == "iam-broker" && command.dropFirst().starts(with: ["credential", "kubectl"])
        }
    }

    var users: [User] {
        (root.root["users"]?.array ?? [])
            .compactMap { entry in
                guard let name = entry["name"]?.string else { return nil }
                let exec = entry["user"]?["exec"]
                let command = exec?["command"]?.string
                    .map { [$0] + (exec?["args"]?.array ?? []).map { $0.string ?? "" } }
                return User(name: name, text: entry["user"]?.text ?? "", command: command)
            }
    }

    /// The names of the users with iam-broker as their plugin.
    var ourUsers: [String] { users.filter(\.isOurs).map(\.name) }

    /// The user that a context names; `nil` when there is no such context, or it names none.
    func user(ofContext name: String) -> String? {
        let found = root.root["contexts"]?.array?.first { $0["name"]?.string == name }
        return found?["context"]?["user"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Everything but these users.
    func rest(without names: Set<String>) -> [String] {
        let others = (root.root.members ?? []).filter { $0.name != "users" }.map { "\($0.name): \($0.value.text)" }
        return others + users.filter { !names.contains($0.name) }.map { "\($0.name): \($0.text)" }
    }
}
