package import BrokerAPI

/// All that stands on the page.
package struct PageMaterial: Sendable {
    package var status: StatusResponse
    package var activity: ActivityResponse
    package var rotations: [RotationsResponse.Plan]
    /// The fleet, or why it cannot be read; `nil`: there is none.
    package var fleet: Fleet?
    package var configuration: [ConfigurationSection]
    /// Seconds after which a browser asks again by itself; `nil`: never.
    package var refresh: Int?

    package init(
        status: StatusResponse,
        activity: ActivityResponse,
        rotations: [RotationsResponse.Plan] = [],
        fleet: Fleet? = nil,
        configuration: [ConfigurationSection] = [],
        refresh: Int? = nil
    ) {
        (self.status, self.activity, self.rotations) = (status, activity, rotations)
        (self.fleet, self.configuration, self.refresh) = (fleet, configuration, refresh)
    }

    /// A fleet as it was found.
    package enum Fleet: Sendable, Equatable {
        case read(FleetResponse)
        /// For people: why not.
        case unread(String)
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
