internal import CLinux
internal import Glibc

/// `/proc/PID` of one process, held open.
///
/// What is read through it is that process's, even when its number has gone to another: the kernel then answers that there
/// is no such process.
final class ProcessFolder: Sendable {
    let processID: Int32
    private let folder: Descriptor
    private let observe: AttestationObserver

    private init(processID: Int32, folder: Descriptor, observe: @escaping AttestationObserver) {
        self.processID = processID
        self.folder = folder
        self.observe = observe
    }

    static func open(_ processID: Int32, observe: @escaping AttestationObserver) -> Result<ProcessFolder, SystemError> {
        let number = Glibc.open("/proc/\(processID)", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { return .failure(.last) }
        return .success(ProcessFolder(processID: processID, folder: Descriptor(owning: number), observe: observe))
    }

    /// The effective user of the process now.
    ///
    /// The kernel gives the folder to the effective user even where it gives the files in it to root (proc(5)).
    func owner() -> Result<UInt32, SystemError> {
        FileStatus.read("", in: folder.number).map(\.owner)
    }

    /// When the process started, in clock ticks since the machine did (proc_pid_stat(5), field 22).
    func startTime() -> Result<UInt64, SystemError> {
        content(of: "stat", limit: 4_096)
            .flatMap { bytes in
                // The second field is the command in parentheses, which the process chooses: it may hold parentheses and spaces.
                guard let end = bytes.lastIndex(of: UInt8(ascii: ")")) else {
                    return .failure(SystemError(code: EPROTO))
                }
                let fields = bytes[bytes.index(after: end)...].split(separator: UInt8(ascii: " "))
                guard fields.count > 19, let time = UInt64(String(decoding: fields[19], as: UTF8.self)) else {
                    return .failure(SystemError(code: EPROTO))
                }
                return .success(time)
            }
    }

    /// The whole content of a file; `EFBIG` when it is longer than `limit` bytes.
    func content(of name: String, limit: Int) -> Result<[UInt8], SystemError> {
        open(name)
            .flatMap { file in
                var content: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 4_096)
                while true {
                    let count = read(file.number, &buffer, buffer.count)
                    if count == 0 { return .success(content) }
                    guard count > 0 else {
                        if errno == EINTR { continue }
                        return .failure(.last)
                    }
                    content += buffer[..<count]
                    guard content.count <= limit else { return .failure(SystemError(code: EFBIG)) }
                }
            }
    }

    /// The target of a link; `ENAMETOOLONG` when it has `limit` bytes or more.
    func target(of name: String, limit: Int) -> Result<[UInt8], SystemError> {
        observe(.processFile(name))
        var buffer = [CChar](repeating: 0, count: limit)
        let length = readlinkat(folder.number, name, &buffer, buffer.count)
        guard length >= 0 else { return .failure(.last) }
        guard length < limit else { return .failure(SystemError(code: ENAMETOOLONG)) }
        return .success(buffer[..<length].map { UInt8(bitPattern: $0) })
    }

    /// The status of a file, or of what a link points to.
    func status(of name: String) -> Result<FileStatus, SystemError> {
        observe(.processFile(name))
        return FileStatus.read(name, in: folder.number)
    }

    /// Which file a link points to, without asking any server.
    func identity(of name: String) -> FileStatus.Identity? {
        guard case .success(let status) = FileStatus.read(name, in: folder.number, flags: CInt(CLINUX_NO_SYNC)) else {
            return nil
        }
        return status.identity
    }

    /// Opens a file for reading.
    ///
    /// It does not wait, not even where the file turns out to be a pipe.
    func open(_ name: String) -> Result<Descriptor, SystemError> {
        observe(.processFile(name))
        let number = openat(folder.number, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        return number >= 0 ? .success(Descriptor(owning: number)) : .failure(.last)
    }
}
