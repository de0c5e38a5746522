/// A root key of the simulated Key Protect, without its material: nobody wraps anything with it.
package struct SimulatedRootKey: Sendable, Equatable {
    /// A UUID.
    package var id: String
    package var name: String
    /// Whether its material was brought along, so that each rotation needs new one.
    package var isImported: Bool

    package init(id: String, name: String, isImported: Bool = false) {
        self.id = id
        self.name = name
        self.isImported = isImported
    }
}
