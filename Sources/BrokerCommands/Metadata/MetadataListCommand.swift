internal import ArgumentParser
internal import JOSE

/// `iam-broker metadata keys [ID]` and the others of its kind.
struct MetadataListCommand<List: MetadataList>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: List.collection.commandName,
            abstract: "List the \(List.collection.plural), or show one."
        )
    }

    @Argument(help: "The ID of one; all without it.")
    var id: ResourceID?

    @OptionGroup var service: MetadataServiceOptions
    @OptionGroup var output: DocumentOptions

    func run() async throws {
        let collection = List.collection
        let session = try await service.session()
        if let id {
            let path = "\(collection.path)/\(id.text)"
            let document = try await session.document(path, what: "\(collection.singular) with the ID \(id.text)")
            try output.write(document) { MetadataText(document.root).text }
        } else {
            let pages = try await MetadataPages(of: collection, in: session)
            try output.write(try pages.merged()) { MetadataTable(collection, pages.entries).text }
        }
    }
}

/// The ID of a resource as a command line has it: nothing in it means anything in a path.
struct ResourceID: ExpressibleByArgument {
    let text: String

    init?(argument: String) {
        guard (1...64).contains(argument.utf8.count),
            argument.utf8.allSatisfy({ byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            })
        else { return nil }
        text = argument
    }
}
