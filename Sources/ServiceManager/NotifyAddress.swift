/// The socket at which a service manager takes notifications (`$NOTIFY_SOCKET`, sd_notify(3)).
package struct NotifyAddress: Sendable, Equatable {
    /// As `sun_path` has it: a path, or a zero byte and an abstract name (unix(7)).
    let bytes: [UInt8]

    /// The room in `sun_path`.
    private static let mostBytes = 108

    /// Reads an absolute path, or `@` and an abstract name.
    package init(_ text: String) throws(ServiceManagerError) {
        let name = Array(text.utf8)
        guard let first = name.first, name.count > 1, name.count < Self.mostBytes, !name.contains(0),
            first == UInt8(ascii: "/") || first == UInt8(ascii: "@")
        else {
            throw ServiceManagerError(
                .activation,
                "the environment variable NOTIFY_SOCKET is '\(text)', which is neither a path nor an abstract socket"
            )
        }
        bytes = first == UInt8(ascii: "@") ? [0] + name.dropFirst() : name
    }
}
