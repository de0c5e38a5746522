internal import ArgumentParser
internal import BrokerAPI
internal import JOSE
internal import SystemPrograms

/// An endpoint in place of a token.
struct EndpointOptions: ParsableArguments {
    @Flag(help: "Give the program an endpoint of its own to get tokens at, and no token.")
    var endpoint = false

    @Option(
        help: ArgumentHelp(
            "A service as IBM's SDKs call it, such as VPC: sets NAME_AUTH_TYPE, NAME_AUTH_URL and NAME_IAM_PROFILE_ID. Can be repeated.",
            valueName: "name"
        )
    )
    var service: [String] = []

    @Flag(help: "Also set the variables of Terraform's IBM provider.")
    var terraform = false

    func validate() throws {
        guard endpoint || (service.isEmpty && !terraform) else {
            throw ValidationError("--service and --terraform go with --endpoint")
        }
        if let name = service.first(where: { !VariableName.isOne(Self.prefix($0)) }) {
            throw ValidationError("--service \(TerminalText.quoting(name)) is no name that a service may have")
        }
    }

    /// Begins to listen, and tells what leads the program there.
    func variables(
        _ profile: String,
        _ token: AccessToken,
        _ client: BrokerClient,
        _ environment: ProgramEnvironment
    ) async throws(CommandFailure) -> EndpointVariables {
        if !service.isEmpty, environment["IBM_CREDENTIALS_FILE"] != nil {
            StandardError.write(
                "warning: IBM_CREDENTIALS_FILE is set: where that file speaks of a service, IBM's SDKs do not ask the endpoint"
            )
        }
        return EndpointVariables(
            url: try await PrivateEndpoint(profile, client).url.exposed,
            profile: profile,
            profileID: token.profileID,
            services: service.map(Self.prefix),
            isForTerraform: terraform
        )
    }

    /// As IBM's SDKs make variables of a service's name.
    private static func prefix(_ service: String) -> String { service.uppercased().replacing("-", with: "_") }
}
