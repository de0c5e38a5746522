import Foundation
import Logging
import Testing

@testable import DaemonLogging

@Suite struct LogLineTests {
    private func written(
        _ format: LogConfiguration.Format,
        _ message: Logger.Message,
        _ metadata: Logger.Metadata
    ) throws -> String {
        let outlet = try Outlet()
        let world = LogWorld(LogConfiguration(target: .stderr, format: format), descriptor: outlet.descriptor)
        world.logger.info(message, metadata: metadata)
        var text = ""
        repeat { text += outlet.read() } while world.retries.run() > 0
        return text + outlet.read()
    }

    @Test func textIsTimeLevelSentenceAndFieldsInOrder() throws {
        let line = try written(.text, "Token obtained", ["token.expires": "2026", "profile": "reports", "to": "a b"])
        #expect(line == "2026-11-27T08:41:34.125Z info Token obtained profile=reports to=\"a b\" token.expires=2026\n")
    }

    @Test func jsonIsOneObjectWhoseFieldsHaveAPlaceOfTheirOwn() throws {
        let line = try written(.json, "Token obtained", ["level": "debug", "nested": ["a": "1", "b": ["x", "y"]]])
        #expect(
            line
                == #"{"time":"2026-11-27T08:41:34.125Z","level":"info","message":"Token obtained","fields":{"level":"debug","nested.a":"1","nested.b":"x y"}}"#
                + "\n"
        )
    }

    static let hostile: [String] = [
        "a\n2026-11-27T08:41:34.125Z info Token obtained profile=reports", "x\r\n", "x workload.uid=0",
        "\" workload.uid=0", "x\",\"level\":\"error", "\\\" uid=0", "\u{1B}[2J\u{7}", "\u{85}\u{2028}\u{2029}",
        "\u{202E}abc\u{2066}",
        "\0", "", "=", "\u{A0}uid=0", String(decoding: [0xFF, 0x0A, 0xC3], as: UTF8.self), "\u{E000}\u{1F600}e\u{301}",
    ]

    @Test(arguments: hostile)
    func noValueForgesALineOrAField(value: String) throws {
        let text = try written(.text, "Token denied", ["reason": "\(value)", "z": "1"])
        #expect(text.utf8.filter { $0 == 0x0A }.count == 1)
        let start = "2026-11-27T08:41:34.125Z info Token denied reason="
        try #require(text.hasPrefix(start))
        let rest = text.dropFirst(start.count).dropLast(" z=1\n".count)
        #expect(text.hasSuffix(" z=1\n"))
        // Plain words, or one string that a JSON parser reads back as it was.
        if rest.hasPrefix("\"") {
            let read = try JSONDecoder().decode(String.self, from: Data(rest.utf8))
            #expect(Array(read.utf8) == Array(value.utf8))
        } else {
            #expect(rest == value && !value.contains { $0.isWhitespace || $0 == "=" || $0 == "\"" } && !value.isEmpty)
        }
        #expect(text.dropLast().unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
        #expect(!text.unicodeScalars.contains { $0.properties.generalCategory == .format })

        let json = try written(.json, "Token denied", ["reason": "\(value)", "z": "1"])
        #expect(json.utf8.filter { $0 == 0x0A }.count == 1)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        #expect(object.count == 4 && object["level"] as? String == "info")
        #expect(object["fields"] as? [String: String] == ["reason": value, "z": "1"])
    }

    @Test(arguments: hostile)
    func noSentenceForgesALine(message: String) throws {
        let text = try written(.text, "\(message)", [:])
        #expect(text.utf8.filter { $0 == 0x0A }.count == 1)
        let json = try written(.json, "\(message)", [:])
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        #expect(object["message"] as? String == message)
    }

    @Test(arguments: ["a b", "a=b", "a\nb", "", "é", "a\"b"])
    func namesOfFieldsAreWords(name: String) throws {
        let line = try written(.text, "x", [name: "1"])
        let field = try #require(line.split(separator: " ").last)
        #expect(field.hasSuffix("=1\n") && field.dropLast(3).allSatisfy { $0 == "_" || $0 == "a" || $0 == "b" })
    }

    @Test func valuesAndFieldsHaveLimits() throws {
        let line = try written(
            .json,
            "x",
            [
                "long": "\(String(repeating: "a", count: LogRecord.longestValue + 1))",
                "fits": "\(String(repeating: "b", count: 1_000))",
            ]
        )
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        let fields = try #require(object["fields"] as? [String: String])
        #expect(fields["long"]?.hasSuffix("a… (65537 bytes)") == true)
        #expect(fields["fits"]?.count == 1_000)
        let many = Dictionary(uniqueKeysWithValues: (0..<200).map { ("k\($0)", Logger.MetadataValue.string("")) })
        #expect(try written(.text, "x", many).split(separator: " ").count == 3 + LogRecord.mostFields)
    }

    @Test func whatALineSaysItselfCountsMost() throws {
        let outlet = try Outlet()
        let provider = Logger.MetadataProvider { ["a": "provided", "b": "provided", "c": "provided"] }
        var logger = LogWorld(LogConfiguration(target: .stderr), descriptor: outlet.descriptor, provider: provider)
            .logger
        logger[metadataKey: "a"] = "logger"
        logger[metadataKey: "d"] = "logger"
        logger.info("x", metadata: ["b": "line"])
        #expect(outlet.read().hasSuffix("info x a=provided b=line c=provided d=logger\n"))
    }
}
