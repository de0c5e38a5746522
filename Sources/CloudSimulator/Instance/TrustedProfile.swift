/// A trusted profile of the simulated account.
package struct TrustedProfile: Sendable, Equatable {
    /// `Profile-` and a UUID.
    package var id: String
    package var name: String
    /// Whether the instance may take this profile.
    package var isLinked: Bool

    package init(id: String, name: String, isLinked: Bool = true) {
        self.id = id
        self.name = name
        self.isLinked = isLinked
    }

    /// CRN of the profile in `account`.
    func crn(in account: String) -> String { "crn:v1:bluemix:public:iam-identity::a/\(account)::profile:\(id)" }
}
