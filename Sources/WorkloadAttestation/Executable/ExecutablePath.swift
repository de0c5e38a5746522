internal import AccessPolicy
internal import CLinux
internal import Glibc

/// Finds out whether the path of a program means the same for the daemon as for the process.
enum ExecutablePath {
    /// The path of the program `running` of the process.
    ///
    /// A path means something in one mount namespace only: any user can make one of his own in which his program stands at
    /// the path of another. It counts when the daemon finds that very file at it.
    static func fact(
        of running: FileStatus,
        in folder: ProcessFolder,
        observe: AttestationObserver
    ) -> Fact<String> {
        guard running.links > 0 else {
            return .unknown("the executable was removed or replaced after the process started; start the process again")
        }
        let bytes: [UInt8]
        switch folder.target(of: "exe", limit: Int(PATH_MAX)) {
        case .success(let target): bytes = target
        case .failure(let error) where error.code == ENAMETOOLONG: return .unknown("the executable's path is too long")
        case .failure(let error): return .unknown("the executable's path cannot be read: \(error)")
        }
        guard let path = String(validating: bytes, as: UTF8.self) else {
            return .unknown("the executable's path is not UTF-8")
        }
        guard path.utf8.first == UInt8(ascii: "/") else { return .unknown("the executable has no path") }
        observe(.path(path))
        switch FileStatus.read(path, in: AT_FDCWD, flags: CInt(CLINUX_NO_FOLLOW)) {
        case .failure(let error):
            return .unknown("the daemon cannot find the executable at \(path.debugDescription): \(error)")
        case .success(let installed):
            guard installed.identity == running.identity else {
                return .unknown("the file at this path is another one for the daemon: \(path.debugDescription)")
            }
            return .known(path)
        }
    }
}
