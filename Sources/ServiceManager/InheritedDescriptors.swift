internal import CLinux
internal import Glibc

/// The descriptors that a service manager handed over, by the names it gave them (sd_listen_fds_with_names(3)).
///
/// Their order means nothing.
package struct InheritedDescriptors: Sendable {
    /// Listening sockets by name; each is closed or used by whoever takes this value.
    package private(set) var sockets: [String: CInt] = [:]
    /// What an instance before this one had the manager keep: descriptors in their order.
    package private(set) var stored: [CInt] = []

    /// None.
    package init() {}

    /// Takes them over: programs that are started later do not get them.
    ///
    /// - Parameters:
    ///   - environment: says how many there are and how they are called.
    ///   - known: the names that sockets may have.
    ///   - storeName: the name of what may have been stored.
    /// - Throws: ``ServiceManagerError`` when a name is unknown or there are two sockets of one name.
    package init(
        _ environment: ServiceEnvironment,
        known: [String],
        storeName: String
    ) throws(ServiceManagerError) {
        for (offset, name) in environment.names.enumerated() {
            let descriptor = ServiceEnvironment.firstDescriptor + CInt(offset)
            let result = clinux_close_on_exec(descriptor)
            guard result == 0 else {
                throw ServiceManagerError(
                    .descriptor,
                    "descriptor \(descriptor), which should be '\(name)', is not open"
                )
            }
            if name == storeName {
                stored.append(descriptor)
                continue
            }
            guard known.contains(name) else {
                throw ServiceManagerError(
                    .activation,
                    "a descriptor of the unknown name '\(name)' was handed over; FileDescriptorName= of a socket unit is "
                        + "one of \(known.joined(separator: ", "))"
                )
            }
            guard sockets.updateValue(descriptor, forKey: name) == nil else {
                throw ServiceManagerError(
                    .activation,
                    "two descriptors of the name '\(name)' were handed over; each name is for one ListenStream="
                )
            }
        }
    }
}
