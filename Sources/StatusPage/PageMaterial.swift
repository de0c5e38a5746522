package import BrokerAPI

/// All that stands on the page.
package struct PageMaterial: Sendable {
    package var status: StatusResponse
    package var activity: ActivityResponse
    package var rotations: [RotationsResponse.Plan]
    package var configuration: [ConfigurationSection]
    /// Seconds after which a browser asks again by itself; `nil`: never.
    package var refresh: Int?

    package init(
        status: StatusResponse,
        activity: ActivityResponse,
        rotations: [RotationsResponse.Plan] = [],
        configuration: [ConfigurationSection] = [],
        refresh: Int? = nil
    ) {
        (self.status, self.activity, self.rotations) = (status, activity, rotations)
        (self.configuration, self.refresh) = (configuration, refresh)
    }

    /// A part of the configuration, with what may be shown of it.
    package struct ConfigurationSection: Sendable, Equatable {
        package var title: String
        package var entries: [Entry]

        package init(_ title: String, _ entries: [Entry]) { (self.title, self.entries) = (title, entries) }

        package struct Entry: Sendable, Equatable {
            package var name: String
            package var value: String

            package init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
        }
    }
}
