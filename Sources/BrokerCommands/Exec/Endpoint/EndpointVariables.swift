internal import SystemPrograms

/// The variables that lead a program, and what it starts, to a private endpoint.
struct EndpointVariables: Sendable {
    /// Of the endpoint, with its secret.
    let url: String
    /// The profile's local name.
    let profile: String
    /// The profile's ID at IBM, where the token tells it.
    let profileID: String?
    /// As IBM's SDKs call them, in capitals.
    let services: [String]
    let isForTerraform: Bool

    /// Variables with a token in them, which must not be taken in place of the endpoint.
    private static let tokens = [
        "IC_IAM_TOKEN", "IBMCLOUD_IAM_TOKEN", "IC_IAM_REFRESH_TOKEN", "IBMCLOUD_IAM_REFRESH_TOKEN",
    ]
    /// Properties of a service that lead elsewhere (reference: IBM API, section 8.5).
    private static let foreign = [
        "AUTHTYPE", "APIKEY", "BEARER_TOKEN", "IAM_PROFILE_CRN", "IAM_PROFILE_NAME", "IAM_PROFILE_ID",
    ]

    func apply(to environment: inout ProgramEnvironment) {
        for name in Self.tokens { environment[name] = nil }
        environment["IAM_BROKER_ENDPOINT"] = url
        environment["IBMCLOUD_CR_VPC_URL"] = url
        for service in services {
            for property in Self.foreign { environment["\(service)_\(property)"] = nil }
            environment["\(service)_AUTH_TYPE"] = "vpc"
            environment["\(service)_AUTH_URL"] = url
            environment["\(service)_IAM_PROFILE_ID"] = profileID
        }
        if isForTerraform {
            environment["IBMCLOUD_IAM_API_ENDPOINT"] = url
            environment["IC_API_KEY"] = profile
            environment["IBMCLOUD_API_KEY"] = profile
        }
        passProxies(in: &environment)
    }

    /// A proxy would be told the secret, and could not reach this machine's loopback address.
    private func passProxies(in environment: inout ProgramEnvironment) {
        // Many programs read the first name and only then the second.
        let before = (environment["no_proxy"], environment["NO_PROXY"])
        for (name, value) in [("no_proxy", before.0 ?? before.1), ("NO_PROXY", before.1 ?? before.0)] {
            let list = value ?? ""
            guard list != "*", !list.split(separator: ",").contains("127.0.0.1") else {
                environment[name] = list
                continue
            }
            environment[name] = list.isEmpty ? "127.0.0.1" : "\(list),127.0.0.1"
        }
    }
}
