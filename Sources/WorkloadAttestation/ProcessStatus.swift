/// The groups in `/proc/PID/status` (proc_pid_status(5)).
struct ProcessStatus: Sendable, Hashable {
    let effectiveGroup: UInt32
    let groups: [UInt32]

    /// `nil` when the text is not as the kernel writes it.
    init?(parsing bytes: [UInt8]) {
        // The command's name comes first; the kernel escapes line breaks in it.
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        guard let own = Self.numbers("Gid:", in: lines), own.count == 4,
            let groups = Self.numbers("Groups:", in: lines)
        else { return nil }
        // Real, effective, saved, file system.
        effectiveGroup = own[1]
        self.groups = groups
    }

    private static func numbers(_ field: String, in lines: [ArraySlice<UInt8>]) -> [UInt32]? {
        guard let line = lines.first(where: { $0.starts(with: field.utf8) }) else { return nil }
        var numbers: [UInt32] = []
        let isSeparator = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        for word in line.dropFirst(field.utf8.count).split(whereSeparator: isSeparator) {
            guard let number = UInt32(String(decoding: word, as: UTF8.self)) else { return nil }
            numbers.append(number)
        }
        return numbers
    }
}
