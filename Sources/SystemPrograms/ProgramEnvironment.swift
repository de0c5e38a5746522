internal import CLinux
internal import Glibc

/// The variables of a program that is started.
///
/// They are bytes: what is not UTF-8 goes on as it came.
package struct ProgramEnvironment: Sendable {
    /// In the form of environ(7): `NAME=VALUE` and a zero byte.
    private var lines: [[CChar]] = []

    /// With none.
    package init() {}

    /// A copy of this process's; nobody may change these meanwhile.
    package static var ofThisProcess: ProgramEnvironment {
        var environment = ProgramEnvironment()
        guard let variables = unsafe clinux_environment() else { return environment }
        var index = 0
        while let line = unsafe variables[index] {
            let bytes = unsafe UnsafeBufferPointer(start: line, count: strlen(line) + 1)
            environment.lines.append(unsafe Array(bytes))
            index += 1
        }
        return environment
    }

    package subscript(name: String) -> String? {
        get {
            lines.first { Self.isLine($0, of: name) }
                .map { line in
                    let value = line.dropFirst(name.utf8.count + 1).dropLast()
                    return String(decoding: value.map(UInt8.init(bitPattern:)), as: UTF8.self)
                }
        }
        set {
            lines.removeAll { Self.isLine($0, of: name) }
            guard let newValue else { return }
            lines.append("\(name)=\(newValue)\0".utf8.map(CChar.init(bitPattern:)))
        }
    }

    /// Calls `body` with the variables as execve(2) takes them; `nil` when there is no memory.
    func withPointers<Result>(_ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result) -> Result? {
        var pointers = unsafe lines.map { unsafe strdup($0) }
        defer { for index in unsafe pointers.indices { unsafe free(pointers[index]) } }
        guard unsafe pointers.allSatisfy({ unsafe $0 != nil }) else { return nil }
        unsafe pointers.append(nil)
        return unsafe pointers.withUnsafeBufferPointer { unsafe $0.baseAddress.map { unsafe body($0) } }
    }

    private static func isLine(_ line: [CChar], of name: String) -> Bool {
        line.starts(with: "\(name)=".utf8.map(CChar.init(bitPattern:)))
    }
}
