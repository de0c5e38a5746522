internal import JOSE

/// How the metadata service of an instance is set.
struct MetadataSettings: Equatable {
    var isEnabled: Bool
    var accessProtocol: String
    var hopLimit: Int
    /// The status of the instance, such as `running`.
    var status: String

    /// Reads the document of an instance.
    init?(_ instance: JSONValue) {
        guard let service = instance["metadata_service"], let isEnabled = service["enabled"]?.bool,
            let accessProtocol = service["protocol"]?.string, let hopLimit = service["response_hop_limit"]?.integer
        else { return nil }
        (self.isEnabled, self.accessProtocol, self.hopLimit) = (isEnabled, accessProtocol, hopLimit)
        status = instance["status"]?.string ?? "unknown"
    }

    /// The settings as the VPC API names them, with JSON values.
    var members: [(name: String, value: String)] {
        [
            ("enabled", String(isEnabled)), ("protocol", JSONText.string(accessProtocol)),
            ("response_hop_limit", String(hopLimit)),
        ]
    }

    /// What is to be sent so that `before` becomes `after`.
    static func changes(from before: Self, to after: Self) -> [(name: String, value: String)] {
        zip(before.members, after.members).filter { $0.0.value != $0.1.value }.map(\.1)
    }
}

/// What `metadata enable` tells: the settings before and after.
struct EnableReport {
    var instance: String
    var before: MetadataSettings
    var after: MetadataSettings

    /// An instance that was created with the service off must be stopped and started once it is on.
    private var isRestartNeeded: Bool { !before.isEnabled && after.isEnabled && before.status != "stopped" }

    var text: String {
        let rows = zip(before.members, after.members)
            .map { before, after in
                [before.name, Self.cell(before.value), Self.cell(after.value)]
            }
        let table = "instance \(instance)\n" + TextTable.text([["SETTING", "BEFORE", "AFTER"]] + rows)
        guard isRestartNeeded else { return table }
        return table + """
            stop and start needed: an instance created with the service off must be stopped and started
              ibmcloud is instance-stop \(instance)
              ibmcloud is instance-start \(instance)

            """
    }

    private static func cell(_ json: String) -> String {
        TerminalText.escaping(json.hasPrefix("\"") ? String(json.dropFirst().dropLast()) : json)
    }

    var json: String {
        let object = { (settings: MetadataSettings) in
            "{\(settings.members.map { #""\#($0.name)":\#($0.value)"# }.joined(separator: ","))}"
        }
        return #"{"before":\#(object(before)),"after":\#(object(after)),"restart_needed":\#(isRestartNeeded)}"# + "\n"
    }
}
