import JOSE
import Testing

@testable import BrokerCommands

@Suite struct MetadataTableTests {
    private func table(_ list: MetadataCollection, _ entries: String) throws -> [String] {
        let entries = try #require(JSONDocument(parsing: entries).root.array)
        return MetadataTable(list, entries).text.split(separator: "\n").map(String.init)
    }

    @Test func elementsOfAListStandInOneCell() throws {
        let entries = #"""
            [{"id":"0717-1","name":"eth0","floating_ips":[{"address":"192.0.2.1"},{"address":"192.0.2.2"}]}, 7]
            """#
        #expect(
            try table(NetworkInterfaceList.collection, entries) == [
                "ID      NAME  TYPE  ADDRESS  FLOATING             SUBNET  STATUS",
                "0717-1  eth0  -     -        192.0.2.1,192.0.2.2  -       -",
                "-       -     -     -        -                    -       -",
            ]
        )
    }

    @Test func anEmptyListIsSaidToBeEmpty() throws {
        #expect(try table(PlacementGroupList.collection, "[]") == ["no placement groups"])
    }

    @Test func nothingReachesTheTerminalRaw() throws {
        let entries = #"[{"id":"a\u001b[2J","name":"b\nc","type":"\u202e"}]"#
        let text = try table(KeyList.collection, entries).joined()
        #expect(text.unicodeScalars.allSatisfy { !TerminalText.isUnsafe($0) })
        let object = try JSONDocument(parsing: #"{"\u001b":"\u009b","a":{"\u202e":["\u0007"]}}"#)
        let lines = MetadataText(object.root).text.split(separator: "\n")
        #expect(lines == [#"\u{1b}  \u{9b}"#, "a", #"  \u{202e}  \u{7}"#])
    }

    @Test func anObjectIsNamesAndValues() throws {
        let object = try JSONDocument(
            parsing: #"""
                {"name":"n","vpc":{"crn":"c","id":"r006-1","name":"v","resource_type":"vpc"},"zone":{"name":"z"},
                "vcpu":{"count":2,"manufacturer":""},"disks":[],"keys":[{"id":"k1","name":"ops"},{"id":"k2"}],
                "user_data":"#!/bin/sh\n"}
                """#
        )
        #expect(
            MetadataText(object.root).text == """
                name       n
                vpc        v (r006-1)
                zone       z
                vcpu
                  count         2
                  manufacturer  ""
                disks      none
                keys       ops (k1), k2
                user_data  10 bytes: iam-broker metadata user-data prints them

                """
        )
    }

    @Test(arguments: [
        ("https://x/v1/keys?start=abc&limit=5", "abc"), ("?limit=5&start=a%2Fb%C3%A9#f", "a/bé"),
        ("https://evil.example/v1/keys?start=", ""), ("https://x/keys?limit=5", nil), ("start=abc", nil),
        ("?start=a&start=b", nil), ("?start=%zz", nil), ("?start=%2", nil), ("?start=%FF", nil), ("#?x", nil),
    ])
    func ofAReferenceOnlyTheStartIsTaken(reference: String, start: String?) {
        #expect(PageReference.start(of: reference) == start)
    }

    @Test(arguments: [
        ("0717_2c9f-7d1e", true), ("a", true), ("", false), ("a/b", false), ("..", false), ("a.b", false),
        ("a%2fb", false), ("é", false), ("a\n", false), (String(repeating: "x", count: 64), true),
        (String(repeating: "x", count: 65), false),
    ])
    func anIDMeansNothingInAPath(text: String, isAllowed: Bool) {
        #expect((ResourceID(argument: text) != nil) == isAllowed)
    }

    @Test(arguments: [
        ("us-south", true), ("eu-de2", true), ("a.b", false), ("evil/", false), ("-a", false), ("a-", false),
        ("", false), ("A", false),
    ])
    func aRegionIsALabelOfAHostName(text: String, isAllowed: Bool) {
        #expect((RegionName(argument: text) != nil) == isAllowed)
    }
}
