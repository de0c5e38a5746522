/// The answer to `GET /v1/fleet` on the admin socket: the nodes of the fleet, and which of them carries out which plan.
///
/// It holds no secrets. Times are seconds since 1970, by the clock of the node that they are of.
package struct FleetResponse: Codable, Sendable, Equatable {
    /// What the fleet is called.
    package var fleet: String
    /// What the fleet calls the machine that answers.
    package var node: String
    /// Why that machine has no session with etcd; absent while it has one.
    package var trouble: String?
    package var nodes: [Node]
    package var plans: [Plan]

    package init(fleet: String, node: String, trouble: String?, nodes: [Node], plans: [Plan]) {
        (self.fleet, self.node, self.trouble) = (fleet, node, trouble)
        (self.nodes, self.plans) = (nodes, plans)
    }

    /// One machine.
    package struct Node: Codable, Sendable, Equatable {
        package var name: String
        package var version: String?
        /// `live`, `draining` (an operator takes it out), or `gone` (its session has ended).
        package var state: String
        package var since: Int?
        package var lastSeen: Int?

        enum CodingKeys: String, CodingKey {
            case name, version, state, since
            case lastSeen = "last_seen"
        }

        package init(name: String, version: String?, state: String, since: Int?, lastSeen: Int?) {
            (self.name, self.version, self.state) = (name, version, state)
            (self.since, self.lastSeen) = (since, lastSeen)
        }
    }

    /// One plan.
    package struct Plan: Codable, Sendable, Equatable {
        package var name: String
        /// The node that carries it out; absent while none does.
        package var leader: String?
        /// The fencing token of that node's term.
        package var term: Int?
        /// Where its rotation stands; absent between two.
        package var phase: String?
        /// The rotation whose key consumers are to have; absent when the key was made by hand, or is not known.
        package var rotation: String?
        package var consumers: [Consumer]
        /// Why the published key is not in use on the machine that answers.
        package var failure: String?

        package init(
            name: String,
            leader: String?,
            term: Int?,
            phase: String?,
            rotation: String?,
            consumers: [Consumer],
            failure: String?
        ) {
            (self.name, self.leader, self.term, self.phase) = (name, leader, term, phase)
            (self.rotation, self.consumers, self.failure) = (rotation, consumers, failure)
        }
    }

    /// A node that consumes a plan's key.
    package struct Consumer: Codable, Sendable, Equatable {
        package var node: String
        /// The rotation whose key it has in use.
        package var inUse: String?
        /// Since when.
        package var since: Int?
        package var lastSeen: Int
        /// `current`, `behind` (the old key stays for it), or `vanished` (it is not waited for any more).
        package var state: String

        enum CodingKeys: String, CodingKey {
            case node, since, state
            case inUse = "in_use"
            case lastSeen = "last_seen"
        }

        package init(node: String, inUse: String?, since: Int?, lastSeen: Int, state: String) {
            (self.node, self.inUse, self.since) = (node, inUse, since)
            (self.lastSeen, self.state) = (lastSeen, state)
        }
    }
}
