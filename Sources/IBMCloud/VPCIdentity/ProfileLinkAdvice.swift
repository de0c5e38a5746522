internal import TokenBroker

/// How to link a profile to this instance, with the command spelled out as far as it is known.
enum ProfileLinkAdvice {
    static func text(for profile: ProfileReference, instanceCRN: String?) -> String {
        guard let command = command(for: profile, instanceCRN: instanceCRN) else {
            return
                "the default profile of this instance is missing or no longer linked, and it cannot be changed later; "
                + "configure the profile by its id"
        }
        return "the profile is not linked to this instance; link it with: \(command) "
            + "(BMS for a bare metal server), or add a rule to the profile that this instance meets"
    }

    /// `nil` where linking does not help.
    static func command(for profile: ProfileReference, instanceCRN: String?) -> String? {
        let name: String
        switch profile {
        case .id(let id): name = id.rawValue
        case .crn(let crn): name = crn.profileID.rawValue
        case .name(let text): name = ForeignText.identifier(text) ?? "<PROFILE>"
        case .instanceDefault: return nil
        }
        let crn = ForeignText.crn(instanceCRN) ?? "<CRN of the instance>"
        return "ibmcloud iam trusted-profile-link-create \(name) --name iam-broker --cr-type VSI --link-crn \(crn)"
    }
}
