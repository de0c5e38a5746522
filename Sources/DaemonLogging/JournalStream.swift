internal import CLinux

/// Whether a descriptor is connected to the journal: systemd tells its services which one is (systemd.exec(5),
/// `JOURNAL_STREAM`).
enum JournalStream {
    /// - Parameters:
    ///   - variable: `DEVICE:INODE` in decimal; what was inherited by a program whose output was redirected since does not fit.
    ///   - descriptor: is looked at.
    /// - Returns: whether `variable` means the file behind `descriptor`.
    static func isConnected(_ variable: String?, _ descriptor: Int32) -> Bool {
        guard let (device, inode) = variable.flatMap(parse) else { return false }
        var status = clinux_file_status()
        guard unsafe clinux_read_status(descriptor, "", 0, &status) == 0 else { return false }
        return status.device == device && status.inode == inode
    }

    private static func parse(_ text: String) -> (device: UInt64, inode: UInt64)? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let device = number(parts[0]), let inode = number(parts[1]) else { return nil }
        return (device, inode)
    }

    private static func number(_ text: Substring) -> UInt64? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? UInt64(text) : nil
    }
}
