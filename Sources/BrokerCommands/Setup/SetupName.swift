internal import ArgumentParser

/// Names that end up in the files of tools, and from there in shells.
///
/// All are ASCII, and none has a character that a shell, an INI file, YAML or a path would take for its own.
enum SetupName {
    /// The name of a trusted profile, as the daemon's configuration has it; also what tools call profiles and remotes.
    static func isProfile(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && text.first.map { isLetterOrDigit($0) } == true
            && text.allSatisfy { isLetterOrDigit($0) || "._-".contains($0) }
    }

    /// A host in lower case, with its port if it has one.
    static func isHost(_ text: String) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, let name = parts.first.map(String.init) else { return false }
        if parts.count == 2 {
            guard let port = UInt16(parts[1]), port > 0, parts[1] == "\(port)" else { return false }
        }
        return RegistryHost(name)?.name == name
    }

    /// Throws when an option has a value that is no name of a profile.
    static func validateProfile(_ name: String?, option: String = "--profile") throws {
        guard let name, !isProfile(name) else { return }
        throw ValidationError(
            "\(option) must be letters, digits, '.', '_' and '-', with a letter or digit first, 64 at most"
        )
    }

    static func isLetterOrDigit(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber)
    }

    /// Each name once, in order.
    static func unique(_ names: [String]) -> [String] {
        names.indices.filter { !names[..<$0].contains(names[$0]) }.map { names[$0] }
    }
}
