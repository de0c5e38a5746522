import DaemonConfiguration
import DocumentReader
import Foundation
import Testing

/// The tables of docs/configuration.md have the keys that the reader knows, and no others.
///
/// What the reader knows it says itself, when it is shown a key that it does not know.
struct ConfigurationReferenceTests {
    /// Keys of one kind that the author of a configuration chooses: the tables write `NAME` in their place.
    private static let chosen = "NAME"
    private static let unknown = "no-such-key"

    private static let page = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "docs/configuration.md")

    @Test func theReaderSaysWhatItKnows() {
        #expect(Self.keys(of: "metadata.timeouts") == ["connect", "first_byte", "total"])
        #expect(Self.keys(of: "threads") == nil)
        #expect(Self.keys(of: "credentials") == nil)
        #expect(Self.keys(of: "credentials.NAME") == ["profile", "format", "variable"])
    }

    @Test func everyKeyThatTheReaderKnowsStandsInATable() throws {
        let documented = try Self.documented()
        let known = Self.known()
        #expect(known.values.count > 60, "\(known.values.sorted())")
        let missing = known.values.subtracting(documented).sorted()
        #expect(missing.isEmpty, "docs/configuration.md does not explain \(missing)")
    }

    @Test func everyKeyOfTheTablesIsKnownToTheReader() throws {
        let known = Self.known()
        let wrong = try Self.documented().subtracting(known.values).subtracting(known.mappings).sorted()
        #expect(wrong.isEmpty, "docs/configuration.md explains \(wrong), which the reader refuses")
    }

    @Test func everySectionHasAHeading() throws {
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        let headings = Set(text.matches(of: /(?m)^### ([a-z_]+)$/).map { String($0.output.1) })
        let sections = try #require(Self.keys(of: ""))
        // Where its keys stand: beside the one that they are for.
        let beside = ["resource_controller"]
        #expect(Set(sections).subtracting(beside).subtracting(headings) == [])
        #expect(headings.subtracting(sections) == [])
    }

    // MARK: What the reader knows

    /// Keys with a value, and keys whose value is a mapping; a key can be both.
    private struct Known {
        var values: Set<String> = []
        var mappings: Set<String> = []
    }

    private static func known() -> Known {
        var known = Known()
        var paths = keys(of: "") ?? []
        while let path = paths.popLast() {
            if let keys = keys(of: path) {
                known.mappings.insert(path)
                paths += keys.map { "\(path).\($0)" }
            } else if let keys = keys(of: "\(path).\(chosen)") {
                known.mappings.insert(path)
                paths += keys.map { "\(path).\(chosen).\($0)" }
            } else {
                known.values.insert(path)
            }
        }
        return known
    }

    /// The keys that the mapping at `path` may have, from the error about one that it may not; `nil`: it is no such mapping.
    private static func keys(of path: String) -> [String]? {
        let steps = path.split(separator: ".").map(String.init) + [unknown]
        var value = "1"
        for step in steps.dropFirst().reversed() { value = "{ \(step): \(value) }" }
        let others = [profiles, policies].filter { !$0.hasPrefix("\(steps[0]):") }
        do {
            _ = try read((others + ["\(steps[0]): \(value)"]).joined(separator: "\n"))
            return nil
        } catch {
            let prefix = "unknown key; known here: "
            guard error.key == steps.joined(separator: "."), error.message.hasPrefix(prefix) else { return nil }
            return error.message.dropFirst(prefix.count).components(separatedBy: ", ")
        }
    }

    // MARK: What the page says

    /// The first column of the tables whose heading is `key`; `.mode` after `sinks.NAME.owner` is `sinks.NAME.mode`.
    private static func documented() throws -> Set<String> {
        var found: Set<String> = []
        var isTable = false
        for line in try String(contentsOf: page, encoding: .utf8).components(separatedBy: "\n") {
            guard line.hasPrefix("|") else {
                isTable = false
                continue
            }
            let cell = line.dropFirst().prefix { $0 != "|" }
            if cell == " key " { isTable = true }
            guard isTable else { continue }
            var section: [String] = []
            for match in cell.matches(of: /`([A-Za-z_.]+)`/) {
                let text = String(match.output.1)
                if text.hasPrefix(".") {
                    found.insert((section + [String(text.dropFirst())]).joined(separator: "."))
                } else {
                    section = Array(text.split(separator: ".").map(String.init).dropLast())
                    found.insert(text)
                }
            }
        }
        return found
    }
}
