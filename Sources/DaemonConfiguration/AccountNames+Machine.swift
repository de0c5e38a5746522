package import AccessPolicy
internal import CLinux

extension AccountNames {
    /// The users and groups that this machine knows (nsswitch.conf(5)).
    package static let ofThisMachine = AccountNames(
        userID: { name in
            var id: UInt32 = 0
            return unsafe clinux_user_id(name, &id) == 1 ? id : nil
        },
        groupID: { name in
            var id: UInt32 = 0
            return unsafe clinux_group_id(name, &id) == 1 ? id : nil
        }
    )
}
