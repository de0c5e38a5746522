internal import ArgumentParser
internal import JOSE

/// `iam-broker metadata user-data`: what the owner of the instance gave it to start with.
struct UserDataCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user-data",
        abstract: "Print the user data as it is.",
        discussion: "User data of several parts is a MIME multipart document: --parts lists them, --part prints one."
    )

    @Flag(help: "List the parts.")
    var parts = false

    @Option(help: ArgumentHelp("Print one part as it is; the first is 1.", valueName: "n"))
    var part: Int?

    @Flag(help: "With --parts, print the list as JSON.")
    var json = false

    @OptionGroup var service: MetadataServiceOptions

    func validate() throws {
        guard !parts || part == nil else { throw ValidationError("--parts and --part exclude each other") }
        guard !json || parts else { throw ValidationError("--json needs --parts") }
        if let part, part < 1 { throw ValidationError("--part must be 1 or more") }
    }

    func run() async throws {
        let path = InitializationCommand.path
        let document = try await service.session().document(path, what: "initialization document")
        guard let text = document.root["user_data"]?.string else {
            throw CommandFailure(
                .rejected,
                "there is no user data",
                hint: service.direct ? nil : "without the entry user_data in a grant, the broker leaves it out"
            )
        }
        guard parts || part != nil else { return try StandardOutput.write(text) }
        let found = try Self.parts(of: text)
        if let part {
            guard found.indices.contains(part - 1) else {
                throw CommandFailure(.rejected, "no such part: \(part) (there are \(found.count))")
            }
            var output = StandardOutput()
            output.append(bytes: found[part - 1].content)
            try output.flush()
        } else {
            try StandardOutput.write(json ? PartList(found).json : PartList(found).text)
        }
    }

    private static func parts(of text: String) throws(CommandFailure) -> [MIMEPart] {
        do {
            return try MIMEDocument.parts(of: Array(text.utf8))
        } catch {
            throw CommandFailure(.badInput, "cannot split the user data: \(error)")
        }
    }
}

/// The parts of user data, listed.
struct PartList {
    private let parts: [MIMEPart]

    init(_ parts: [MIMEPart]) {
        self.parts = parts
    }

    var text: String {
        let rows = parts.enumerated()
            .map { index, part in
                [
                    String(index + 1), TerminalText.escaping(part.contentType),
                    part.filename.map(TerminalText.escaping) ?? "-", String(part.content.count),
                ]
            }
        return TextTable.text([["PART", "CONTENT TYPE", "FILENAME", "BYTES"]] + rows)
    }

    var json: String {
        let entries = parts.enumerated()
            .map { index, part in
                let members = [
                    #""part":\#(index + 1)"#,
                    #""content_type":\#(JSONText.string(part.contentType))"#,
                    #""filename":\#(part.filename.map(JSONText.string) ?? "null")"#,
                    #""transfer_encoding":\#(part.transferEncoding.map(JSONText.string) ?? "null")"#,
                    #""bytes":\#(part.content.count)"#,
                ]
                return "{\(members.joined(separator: ","))}"
            }
        return "[\(entries.joined(separator: ","))]\n"
    }
}
