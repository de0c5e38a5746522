/// XML to be written.
enum XMLOutput {
    /// `text` as the content of an element.
    ///
    /// Characters that XML 1.0 has no form for are left out.
    static func escape(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\u{0}"..<" " where !["\t", "\n", "\r"].contains(scalar): break
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
