internal import BrokerAPI

/// Text from anywhere, made fit to stand in the page: between tags, or in an attribute with quotes.
///
/// The template does not escape by itself: its library looks at characters, and to it a quote with a combining mark behind it
/// is a character of its own, which it lets through. HTML knows no characters, only code points.
enum PageText {
    /// `text` without a token, without what does not show, and without anything that HTML reads as its own.
    static func escaping(_ text: String) -> String {
        var escaped = ""
        for scalar in VisibleText.escaping(TokenMask.masking(text)).unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            // A template would read two of them as its own.
            case "{": escaped += "&#123;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
