import Foundation
import Glibc
import TestFiles

/// A folder could not be made.
struct NoFolder: Error {}

extension World {
    /// A new empty folder with a short path: a Unix socket's is shorter than 108 bytes.
    static func temporaryFolder() throws -> String {
        let place = FileManager.default.temporaryDirectory.path()
        var template = Array("\(place)/broker-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw NoFolder() }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Removes a folder and the files in it.
    static func removeFolder(_ path: String) {
        guard !TestFiles.areKept else { return }
        if let folder = opendir(path) {
            while let entry = readdir(folder) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                unlink("\(path)/\(name)")
            }
            closedir(folder)
        }
        rmdir(path)
    }
}
