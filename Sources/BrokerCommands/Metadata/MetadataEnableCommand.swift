internal import ArgumentParser
internal import BrokerAPI
internal import JOSE

/// `iam-broker metadata enable`: has the VPC API turn the metadata service of an instance on.
struct MetadataEnableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable",
        abstract: "Enable the metadata service of an instance through the VPC API.",
        discussion: """
            The IAM token comes from the broker; its profile needs the role Editor on the instance. What is set already \
            is left alone. Without --yes nothing is changed: what would be is shown.
            """
    )

    @Option(help: ArgumentHelp("The ID of the instance.", valueName: "id"))
    var instance: ResourceID

    @Option(help: ArgumentHelp("The region of the instance, such as us-south.", valueName: "name"))
    var region: RegionName

    @Option(help: "http or https; as it is without it.")
    var `protocol`: AccessProtocol?

    @Option(help: ArgumentHelp("The hop limit of answers, 1 to 64; as it is without it.", valueName: "n"))
    var hopLimit: Int?

    @Option(help: "The name of the trusted profile whose token is used.")
    var profile = "default"

    @Option(
        help: ArgumentHelp(
            "The VPC API. (default: $IAM_BROKER_VPC_URL, or https://REGION.iaas.cloud.ibm.com)",
            valueName: "url"
        )
    )
    var url: String?

    @Option(help: ArgumentHelp("Trust the certificates (PEM) in this file for the URL.", valueName: "file"))
    var caFile: String?

    @Flag(help: "Make the change.")
    var yes = false

    @Flag(help: "Print before, after and restart_needed as JSON.")
    var json = false

    @OptionGroup var socket: WorkloadSocketOptions

    enum AccessProtocol: String, ExpressibleByArgument, CaseIterable {
        case http
        case https
    }

    func validate() throws {
        if let hopLimit, !(1...64).contains(hopLimit) { throw ValidationError("--hop-limit must be from 1 to 64") }
        _ = try serviceURL()
    }

    private func serviceURL() throws -> ServiceURL {
        let text = url ?? Environment.value("IAM_BROKER_VPC_URL") ?? "https://\(region.text).iaas.cloud.ibm.com"
        return try ServiceURL(text)
    }

    func run() async throws {
        let api = try await vpcAPI()
        let before = try await api.settings(of: instance)
        var wanted = before
        wanted.isEnabled = true
        if let value = self.protocol?.rawValue { wanted.accessProtocol = value }
        if let hopLimit { wanted.hopLimit = hopLimit }
        let changes = MetadataSettings.changes(from: before, to: wanted)
        guard !changes.isEmpty else {
            let report = EnableReport(instance: instance.text, before: before, after: before)
            return try StandardOutput.write(json ? report.json : "nothing to change\n\(report.text)")
        }
        guard yes else {
            let report = EnableReport(instance: instance.text, before: before, after: wanted)
            if !json { try StandardOutput.write(report.text) }
            throw CommandFailure(.rejected, "nothing was changed", hint: "give --yes to make the change")
        }
        let after = try await api.change(instance, changes)
        let report = EnableReport(instance: instance.text, before: before, after: after)
        try StandardOutput.write(json ? report.json : report.text)
        guard MetadataSettings.changes(from: after, to: wanted).isEmpty else {
            throw CommandFailure(
                .unavailable,
                "the VPC API did not make the whole change: the table shows what it says"
            )
        }
    }

    private func vpcAPI() async throws -> VPCAPI {
        let url = try serviceURL()
        let tls = url.isTLS ? try TrustedCertificates(path: caFile).tlsContext() : nil
        let client = socket.client
        let query = [(name: "profile", value: profile)]
        let token = Redacted(
            try await client.get(BrokerPath.token, query: query, as: TokenResponse.self).answer.accessToken
        )
        // What cannot stand in a header is no token.
        guard !token.exposed.isEmpty, token.exposed.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw client.malformedAnswer
        }
        return VPCAPI(url: url, tls: tls, token: token)
    }
}

/// The name of a region: it becomes part of a host name.
struct RegionName: ExpressibleByArgument {
    let text: String

    init?(argument: String) {
        let isLetter: (UInt8) -> Bool = { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
        guard (1...32).contains(argument.utf8.count), let first = argument.utf8.first, isLetter(first),
            argument.utf8.last != UInt8(ascii: "-"),
            argument.utf8.allSatisfy({ isLetter($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") })
        else { return nil }
        text = argument
    }
}
