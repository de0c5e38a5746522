internal import ArgumentParser
internal import Glibc
internal import JOSE

/// How a document is printed.
struct DocumentOptions: ParsableArguments {
    @Flag(help: "Print the document as JSON, on one line.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "Print one part of the document, such as /vpc/name; a string without quotes unless --json is given.",
            valueName: "json-pointer"
        )
    )
    var query: JSONPointer?

    /// Prints `document`, for people as `text` says.
    func write(_ document: JSONDocument, text: () -> String) throws {
        if let query {
            try write(query.match(in: document.root))
        } else if json {
            try StandardOutput.write(JSONText.line(document.root.text) + "\n")
        } else {
            try StandardOutput.write(text())
        }
    }

    private func write(_ match: JSONPointer.Match) throws {
        switch match {
        case .value(let value):
            guard !json, let string = value.string else {
                return try StandardOutput.write(JSONText.line(value.text) + "\n")
            }
            // A program gets the value as it is; on a terminal it could move the cursor.
            let isTerminal = isatty(STDOUT_FILENO) == 1
            try StandardOutput.write((isTerminal ? TerminalText.escaping(string) : string) + "\n")
        case .none(let deepest):
            let place = deepest.isEmpty ? "only the document itself" : deepest
            throw CommandFailure(.rejected, "the query matches nothing: of it, \(place) exists")
        }
    }
}
