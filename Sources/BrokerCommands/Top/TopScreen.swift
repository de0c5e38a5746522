internal import Glibc

/// The terminal while `iam-broker top` has it: another screen, no echo, and every key at once.
///
/// ``leave()`` gives it back as it was. Whoever ends the program has to see to that.
final class TopScreen {
    private let before: termios
    private(set) var isEntered = false
    private let isColored: Bool

    /// - Parameter isColored: whether lines may have colours.
    /// - Throws: ``CommandFailure`` when standard input and output are no terminal that can show it.
    init(isColored: Bool) throws(CommandFailure) {
        self.isColored = isColored
        var now = termios()
        guard isatty(STDOUT_FILENO) == 1, unsafe tcgetattr(STDIN_FILENO, &now) == 0 else {
            throw CommandFailure(
                .usage,
                "top needs a terminal, as standard input and as standard output",
                hint: "for a single picture: iam-broker top --once"
            )
        }
        before = now
    }

    /// Columns and rows; 80 and 24 when the terminal does not say.
    static var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return (80, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    func enter() throws(OutputError) {
        guard !isEntered else { return }
        var raw = before
        // Keys that stop and end the program go on doing that.
        raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
        _ = unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &raw)
        isEntered = true
        try StandardOutput.write("\u{1B}[?1049h\u{1B}[?25l\u{1B}[2J")
    }

    func draw(_ lines: [TopFrame.Line]) throws(OutputError) {
        // The last line has no end: it would scroll the screen.
        let text = lines.map { styled($0) + "\u{1B}[K" }.joined(separator: "\r\n")
        try StandardOutput.write("\u{1B}[H" + text + "\u{1B}[J")
    }

    private func styled(_ line: TopFrame.Line) -> String {
        guard isColored, let code = line.style.code else { return line.text }
        return "\u{1B}[\(code)m\(line.text)\u{1B}[0m"
    }

    /// Gives the terminal back.
    ///
    /// A terminal that is gone takes nothing any more, and needs nothing.
    func leave() {
        guard isEntered else { return }
        isEntered = false
        try? StandardOutput.write("\u{1B}[0m\u{1B}[?25h\u{1B}[?1049l")
        var settings = before
        _ = unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
    }
}

extension TopFrame.Line.Style {
    /// The parameter of "select graphic rendition" (ECMA-48 section 8.3.117).
    fileprivate var code: String? {
        switch self {
        case .plain: nil
        case .title: "1"
        case .good: "32"
        case .warning: "33"
        case .bad: "1;31"
        }
    }
}
