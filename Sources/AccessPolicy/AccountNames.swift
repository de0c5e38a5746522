/// The names of the machine's users and groups.
package struct AccountNames: Sendable {
    package let userID: @Sendable (String) -> UInt32?
    package let groupID: @Sendable (String) -> UInt32?

    package init(
        userID: @escaping @Sendable (String) -> UInt32?,
        groupID: @escaping @Sendable (String) -> UInt32?
    ) {
        self.userID = userID
        self.groupID = groupID
    }
}
