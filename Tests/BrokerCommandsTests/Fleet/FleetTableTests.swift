import BrokerAPI
import FoundationEssentials
import Testing

@testable import BrokerCommands

/// A fleet as operators read it.
struct FleetTableTests {
    private static let fleet = FleetResponse(
        fleet: "production",
        node: "web-2",
        trouble: nil,
        nodes: [
            .init(name: "web-1", version: "0.1.0", state: "live", since: 1_000, lastSeen: 4_590),
            .init(name: "web-2", version: "0.1.0", state: "draining", since: 4_000, lastSeen: 4_600),
            .init(name: "web-3", version: nil, state: "gone", since: 1, lastSeen: nil),
        ],
        plans: [
            .init(
                name: "archive",
                leader: "web-1",
                term: 79,
                phase: "acknowledge",
                rotation: "973465f7af68dfb4",
                consumers: [
                    .init(node: "web-1", inUse: "973465f7af68dfb4", since: 4_500, lastSeen: 4_590, state: "current"),
                    .init(node: "web-2", inUse: "085dfb96a3e8209f", since: 2_000, lastSeen: 4_540, state: "behind"),
                    .init(node: "web\u{1B}3", inUse: nil, since: nil, lastSeen: 1_000, state: "vanished"),
                ],
                failure: "file:/etc/key: the disk is full"
            ),
            .init(name: "idle", leader: nil, term: nil, phase: nil, rotation: nil, consumers: [], failure: nil),
        ]
    )

    @Test func nodesPlansAndThoseThatAreBehind() {
        let text = FleetTable(Self.fleet, now: Date(timeIntervalSince1970: 4_600)).text
        #expect(
            text == """
                fleet production, seen from web-2

                NODE   STATE     VERSION  UP      LAST SEEN
                web-1  live      0.1.0    1h 0m   10s ago
                web-2  draining  0.1.0    10m 0s  0s ago
                web-3  gone      -        -       -

                PLAN     LEADER  TERM  ROTATION          PHASE        CURRENT  BEHIND  VANISHED
                archive  web-1   79    973465f7af68dfb4  acknowledge  1        1       1
                idle     -       -     -                 -            0        0       0

                archive:
                  web-2 is behind: it has the key of rotation 085dfb96a3e8209f, last seen 1m 0s ago; the old key stays for it
                  web\\u{1b}3 is vanished: it has said nothing of a key, last seen 1h 0m ago; the old key is not kept for it any more
                  not in use on this machine: file:/etc/key: the disk is full

                """
        )
    }

    @Test func aMissingSessionIsSaidFirst() {
        var fleet = Self.fleet
        (fleet.trouble, fleet.plans) = ("etcd does not answer", [])
        let lines = FleetTable(fleet, now: Date(timeIntervalSince1970: 4_600)).text.split(separator: "\n")
        #expect(lines[1] == "no session with etcd: etcd does not answer")
    }
}
