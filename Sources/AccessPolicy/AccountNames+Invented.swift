internal import Synchronization

extension AccountNames {
    /// Users and groups for a test of a policy, which may run where they do not exist.
    ///
    /// `root` is 0. Every other name gets a number of its own, above those that people write.
    package static func invented() -> AccountNames {
        let (users, groups) = (InventedNumbers(), InventedNumbers())
        return AccountNames(userID: { users.number(of: $0) }, groupID: { groups.number(of: $0) })
    }
}

private final class InventedNumbers: Sendable {
    private let numbers = Mutex<[String: UInt32]>(["root": 0])

    func number(of name: String) -> UInt32? {
        numbers.withLock { numbers in
            if let number = numbers[name] { return number }
            let number = UInt32(clamping: 3_000_000_000 + numbers.count)
            numbers[name] = number
            return number
        }
    }
}
