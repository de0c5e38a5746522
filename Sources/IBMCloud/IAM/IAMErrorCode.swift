internal import TokenBroker

/// The error codes of IAM's token call (reference: IBM API, section 3.6).
enum IAMErrorCode: String, CaseIterable {
    case apiKeyNotFound = "BXNIM0415E"
    case profileNotEligible = "BXNIM0398E"
    case propertyMissing = "BXNIM0109E"
    case methodNotAllowed = "BXNIM0060E"
    case tokenMalformed = "BXNIM0401E"
    case tokenInvalid = "BXNIM0407E"
    case refreshTokenExpired = "BXNIM0408E"
    case sessionNotActive = "BXNIM0439E"
    case basicAuthorizationMissing = "BXNIM0308E"
    case externalAuthenticationFailed = "BXNIM0400E"
    case badCredentials = "BXNIM0602E"
    case wrongClientID = "BXNIM0139E"
    case cookieExpired = "BXNIM0421E"
    case notMemberOfAccount = "BXNIM0141E"
    case badCRN = "BXNIM0113E"
    case notAuthorized = "BXNIM0513E"

    var code: AcquisitionError.Code {
        switch self {
        case .profileNotEligible: .profileNotLinked
        case .tokenMalformed, .tokenInvalid, .sessionNotActive, .externalAuthenticationFailed, .badCredentials:
            .identityRejected
        case .notMemberOfAccount, .notAuthorized: .forbidden
        case .apiKeyNotFound, .propertyMissing, .methodNotAllowed, .refreshTokenExpired, .basicAuthorizationMissing,
            .wrongClientID, .cookieExpired, .badCRN:
            .requestRejected
        }
    }

    /// What it means, and what to do next.
    func advice(for profile: ProfileReference) -> String {
        switch self {
        case .profileNotEligible:
            "the profile is not linked to this service account; link it with: \(Self.linkCommand(profile)) "
                + "(ROKS_SA on OpenShift), or add a rule to the profile that the service account meets"
        case .propertyMissing:
            "IAM misses a field of the form; check that the token file is not empty "
                + "and that nothing on the way sends the body on in chunks"
        case .methodNotAllowed: "IAM does not take a POST there; check the URL of IAM in the configuration"
        case .tokenMalformed, .tokenInvalid, .externalAuthenticationFailed, .badCredentials:
            "IAM does not accept the token of the service account; check that the token in the file is of this cluster, "
                + "has the audience iam and is not expired"
        case .sessionNotActive: "the session behind the token has ended; the token is read anew from its file"
        case .notMemberOfAccount:
            "the profile is not in the account of this cluster; configure a profile of the same account"
        case .notAuthorized:
            "this identity is not allowed to do that; check the links of the profile "
                + "and the allowed IP addresses of the account"
        case .badCRN: "IAM does not accept the profile's crn; check it in the configuration"
        case .apiKeyNotFound:
            "IAM knows no such API key: it is wrong, deleted or seconds old; wait a minute, then check that it exists"
        case .refreshTokenExpired, .basicAuthorizationMissing, .wrongClientID, .cookieExpired:
            "IAM asks for another way to log in than the cr-token grant; check the URL of IAM in the configuration"
        }
    }

    /// The command that mends it, where there is one.
    func repair(for profile: ProfileReference) -> String? {
        self == .profileNotEligible ? Self.linkCommand(profile) : nil
    }

    private static func linkCommand(_ profile: ProfileReference) -> String {
        "ibmcloud iam trusted-profile-link-create \(name(of: profile)) --name iam-broker --cr-type IKS_SA "
            + "--link-crn <CRN of the cluster> --link-namespace <NAMESPACE> --link-name <SERVICE ACCOUNT>"
    }

    private static func name(of profile: ProfileReference) -> String {
        switch profile {
        case .id(let id): id.rawValue
        case .crn(let crn): crn.profileID.rawValue
        case .name(let name): ForeignText.identifier(name) ?? "<PROFILE>"
        case .instanceDefault: "<PROFILE>"
        }
    }
}
