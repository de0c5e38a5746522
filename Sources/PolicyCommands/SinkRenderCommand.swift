package import ArgumentParser
internal import CredentialSinks
internal import DaemonConfiguration
internal import DocumentReader
internal import Glibc

/// `sink render`: the text of a sink with invented values.
package struct SinkRenderCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "render",
        abstract: "Print what a sink's file would hold, with invented values that are the same each time.",
        discussion: """
            For comparing with a file that is known to be good. A real token is never printed: 'iam-broker token' does that. \
            Exit codes: 0 done; 64 wrong usage; 78 configuration or template are not valid.
            """
    )

    @Flag(help: "Use invented values; there are no others here, and it has to be said.")
    var fake = false

    @Option(help: "The configuration file.")
    var config = ConfigurationFile.standard

    @Option(help: ArgumentHelp("A template, in place of a sink of the configuration.", valueName: "path"))
    var template: String?

    @Argument(help: "The sink's name.")
    var name: String?

    package init() {}

    package func validate() throws {
        guard fake else { throw ValidationError("say --fake: a real token is not printed here") }
        guard (name == nil) != (template == nil) else {
            throw ValidationError("name a sink of the configuration, or a file with --template")
        }
    }

    package func run() throws {
        do throws(DocumentError) {
            print(try content().fake, terminator: "")
        } catch {
            Self.complain("\(error)")
            throw ExitCode.badConfiguration
        }
    }

    private static func complain(_ message: String) {
        let text = Array("iam-broker: \(message)\n".utf8)
        // Nobody is left to tell when standard error is closed.
        _ = unsafe text.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    private func content() throws(DocumentError) -> SinkContent {
        if let template { return .template(try SinkTemplate(reading: template, in: .all)) }
        let sinks = try ConfigurationFile.read(config).sinks
        guard let sink = sinks.first(where: { $0.name == name }) else {
            let names = sinks.map(\.name).joined(separator: ", ")
            throw DocumentError(
                file: config,
                line: nil,
                key: "sinks",
                message: "there is no sink \(name ?? ""); there are: \(names.isEmpty ? "none" : names)"
            )
        }
        return sink.content
    }
}
