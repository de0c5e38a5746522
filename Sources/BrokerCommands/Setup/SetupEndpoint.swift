internal import ArgumentParser

/// The base URL of a service that is written into a tool's file: over https, or on this machine.
struct SetupEndpoint {
    let text: String

    init(_ text: String) throws {
        guard let service = try? ServiceURL(text) else {
            throw ValidationError("\(TerminalText.quoting(text)) must be https:// and a host, with a port if need be")
        }
        self.text = "\(service)"
    }
}
