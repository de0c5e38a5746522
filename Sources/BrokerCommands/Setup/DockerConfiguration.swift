internal import JOSE

/// The configuration of docker, podman and skopeo: which helper has the credentials of which registry.
///
/// Everything else in the file stays as it is, in its order.
struct DockerConfiguration {
    private let others: [(name: String, text: String)]
    /// Where `credHelpers` stood among the others.
    private let position: Int
    private(set) var helpers: [(host: String, helper: String)]

    /// An empty one.
    init() { (others, position, helpers) = ([], 0, []) }

    /// Reads the bytes of the file.
    ///
    /// - Throws: ``CommandFailure`` when it is no JSON object, or `credHelpers` in it is no object of strings.
    init(parsing bytes: [UInt8], path: String) throws(CommandFailure) {
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: bytes, limits: JSONLimits(size: ToolFile.limit))
        } catch {
            throw CommandFailure(.badInput, "\(path) is not JSON: \(error)")
        }
        guard let members = document.root.members else { throw CommandFailure(.badInput, "\(path) is no JSON object") }
        others = members.filter { $0.name != Self.key }.map { ($0.name, $0.value.text) }
        position = members.firstIndex { $0.name == Self.key } ?? others.count
        guard let value = members.first(where: { $0.name == Self.key })?.value else {
            helpers = []
            return
        }
        let found = value.members.map { $0.compactMap { pair in pair.value.string.map { (pair.name, $0) } } }
        guard let found, found.count == value.members?.count else {
            throw CommandFailure(.badInput, "\(Self.key) in \(path) is no object of strings")
        }
        helpers = found
    }

    var isEmpty: Bool { others.isEmpty && helpers.isEmpty }

    func helper(of host: String) -> String? { helpers.first { $0.host == host }?.helper }

    /// Names `helper` for those of `hosts` that have none.
    mutating func add(_ helper: String, for hosts: [String]) {
        for host in hosts where self.helper(of: host) == nil { helpers.append((host, helper)) }
    }

    /// Whether an entry names a helper of ours for this host.
    func hasOurs(for host: String) -> Bool { helper(of: host).map { Self.isOurs($0) } ?? false }

    /// Takes out every entry that names a helper of ours for such a host.
    ///
    /// - Returns: whether there was one.
    mutating func removeOurs(where isMeant: (String) -> Bool) -> Bool {
        let count = helpers.count
        helpers.removeAll { Self.isOurs($0.helper) && isMeant($0.host) }
        return helpers.count < count
    }

    static func isOurs(_ helper: String) -> Bool { helper == ourHelper || helper.hasPrefix(ourHelper + "-") }

    /// Docker calls `docker-credential-` and this.
    static let ourHelper = "iam-broker"

    /// JSON as docker itself writes it.
    var text: String {
        var members = others.map { "\t\(JSONText.string($0.name)): \($0.text)" }
        if !helpers.isEmpty { members.insert("\t\"\(Self.key)\": \(helpersText)", at: min(position, members.count)) }
        return members.isEmpty ? "{}\n" : "{\n\(members.joined(separator: ",\n"))\n}\n"
    }

    private var helpersText: String {
        let lines = helpers.map { "\t\t\(JSONText.string($0.host)): \(JSONText.string($0.helper))" }
        return "{\n\(lines.joined(separator: ",\n"))\n\t}"
    }

    private static let key = "credHelpers"
}
