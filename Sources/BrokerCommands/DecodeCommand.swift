internal import ArgumentParser
internal import FoundationEssentials
internal import JOSE

/// `iam-broker decode`: what a token says, believed or not.
struct DecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Show a token's header and claims. Nothing is verified.",
        discussion: "The signature is not printed, so what is printed cannot be used as a token."
    )

    @Argument(help: "A file with the token; standard input without it.")
    var tokenFile: String?

    @Flag(help: "Print header and claims as JSON.")
    var json = false

    func run() throws {
        let header: JSONDocument
        let claims: JSONDocument
        do {
            (header, claims) = try TokenInput.read(path: tokenFile).decoded()
        } catch let rejection as Rejection {
            throw CommandFailure(.badInput, "cannot decode the token: \(rejection)")
        }
        if json {
            let parts = (JSONText.line(header.root.text), JSONText.line(claims.root.text))
            try StandardOutput.write(#"{"header":\#(parts.0),"claims":\#(parts.1),"verified":false}"# + "\n")
        } else {
            try StandardOutput.write(DecodedToken(header: header, claims: claims).text(now: Date()))
        }
    }
}
