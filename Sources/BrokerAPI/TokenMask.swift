/// Keeps tokens out of messages, whoever put them there: people paste them where a path belongs.
package enum TokenMask {
    /// `text` with every word that looks like a JSON Web Token, or the start of one, replaced.
    ///
    /// All of them start with `eyJ`, the base64url of `{"`.
    package static func masking(_ text: String) -> String {
        guard text.contains("eyJ") else { return text }
        var masked = ""
        var word = ""
        for character in text {
            if isPartOfToken(character) {
                word.append(character)
            } else {
                masked += replacement(for: word)
                masked.append(character)
                word = ""
            }
        }
        return masked + replacement(for: word)
    }

    /// Whether `word` starts as a token does.
    package static func isLikeToken(_ word: String) -> Bool {
        word.hasPrefix("eyJ") && word.utf8.count > 16
    }

    private static func replacement(for word: String) -> String {
        isLikeToken(word) ? "<redacted>" : word
    }

    private static func isPartOfToken(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "-_.".contains(character))
    }
}
