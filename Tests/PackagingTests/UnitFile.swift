import Foundation

/// One of the unit files that we ship, or a drop-in for one.
struct UnitFile {
    /// `Sources/Packaging`.
    static let packaging = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Sources/Packaging")
    static let folder = packaging.appending(path: "systemd")

    let text: String

    init(_ path: String) throws {
        text = try String(contentsOf: Self.folder.appending(path: path), encoding: .utf8)
    }

    /// The values of a setting, in the order of the file.
    func values(_ name: String) -> [String] {
        text.split(separator: "\n").filter { $0.hasPrefix("\(name)=") }.map { String($0.dropFirst(name.count + 1)) }
    }

    /// The names of files of `folder` with this ending.
    static func names(in folder: URL = folder, ending: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path()).filter { $0.hasSuffix(ending) }.sorted()
    }

    /// The programs that packages build, in the place of the ones that are installed.
    static var builtPrograms: URL {
        let beside = Bundle.main.bundleURL
        if FileManager.default.isExecutableFile(atPath: beside.appending(path: "iam-brokerd").path()) { return beside }
        return packaging.appending(path: "../../.build/debug").standardized
    }
}
