/// What `/proc/PID/status` says about a process (proc(5)).
struct HolderStatus: Sendable {
    /// The owner of the folder does not tell it: that is root for every process that may not be traced, such as one that
    /// dropped its privileges.
    let effectiveUser: UInt32
    /// Whether it only waits to be reaped: it holds nothing any more.
    let hasEnded: Bool

    /// Answers nil when it cannot be read.
    init?(of folder: Folder) {
        guard let text = try? folder.contents(of: "status", atMost: 1 << 20),
            let user = Self.fields("Uid", in: text).dropFirst().first.flatMap(UInt32.init)
        else { return nil }
        effectiveUser = user
        // Other threads may go on when the first has ended.
        let isLast = Self.fields("Threads", in: text).first.flatMap(Int.init).map { $0 <= 1 } ?? false
        hasEnded = isLast && ["Z", "X"].contains(Self.fields("State", in: text).first?.first)
    }

    /// When the process started, in clock ticks since boot (proc(5), field 22 of `stat`); nil when it cannot be read.
    static func start(in folder: Folder) -> UInt64? {
        guard let text = try? folder.contents(of: "stat", atMost: 16_384),
            // The name in brackets is the process's own choice and may hold anything, brackets too.
            let end = text.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = text[text.index(after: end)...].split(separator: UInt8(ascii: " "), maxSplits: 20)
        return fields.count > 19 ? UInt64(String(decoding: fields[19], as: UTF8.self)) : nil
    }

    /// What follows `name` on its line, which the name of the process cannot imitate: the kernel writes a newline in it as
    /// two characters.
    private static func fields(_ name: String, in text: [UInt8]) -> [String] {
        let start = Array("\(name):\t".utf8)
        let line = text.split(separator: UInt8(ascii: "\n")).first { $0.starts(with: start) }
        return line?.dropFirst(start.count).split(separator: UInt8(ascii: "\t"))
            .map { String(decoding: $0, as: UTF8.self) } ?? []
    }
}
