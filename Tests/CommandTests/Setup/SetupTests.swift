import Foundation
import Testing

/// What `setup` promises for every tool.
@Suite(.timeLimit(.minutes(5))) struct SetupTests {
    @Test(arguments: SetupCase.all)
    func aFileIsMadeFoundInPlaceAndGone(tool: SetupCase) async throws {
        try await ToolHome.with(tool.file) { home in
            let check = try await home.setup(tool.arguments + ["--check"])
            #expect(check.exitCode == 1 && check.errors.contains(" lacks "), "\(check.errors)")
            #expect(!FileManager.default.fileExists(atPath: home.file.path()))
            let run = try await home.setup(tool.arguments)
            #expect(run.exitCode == 0 && run.output.contains(": added "), "\(run.errors)")
            let text = try #require(home.text())
            #expect(try home.mode() == (text.hasPrefix("#!") ? 0o755 : 0o600))
            let again = try await home.setup(tool.arguments)
            #expect(again.exitCode == 0 && again.output.contains(": in place; "), "\(again.errors)")
            #expect(try await home.setup(tool.arguments + ["--check"]).exitCode == 0)
            #expect(home.text() == text)
            let undo = try await home.setup([tool.tool, "--undo"])
            #expect(undo.exitCode == 0 && undo.output.contains(": taken out"), "\(undo.errors)")
            let left = try home.neighbours().filter { $0 == home.file.lastPathComponent || $0.contains("iam-broker") }
            #expect(left.isEmpty)
            let second = try await home.setup([tool.tool, "--undo"])
            #expect(second.exitCode == 0 && second.output.contains("nothing of iam-broker is in it"))
        }
    }

    @Test(arguments: SetupCase.shared)
    func whatElseIsInTheFileStaysAndComesBackAsItWas(tool: SetupCase) async throws {
        try await ToolHome.with(tool.file) { home in
            try home.write(tool.others, mode: 0o640)
            let run = try await home.setup(tool.arguments)
            #expect(run.exitCode == 0, "\(run.errors)")
            #expect(home.text() != tool.others && home.text()?.contains("iam-broker") ?? false || tool.tool == "sdk")
            #expect(home.text(home.backup) == tool.others)
            #expect(try home.mode() == 0o640)
            let copy = try FileManager.default.attributesOfItem(atPath: home.backup.path())
            #expect(copy[.posixPermissions] as? Int == 0o600)
            #expect(run.output.contains("; as it was before: \(home.backup.path())\n"), "\(run.output)")
            if tool.tool != "docker" {
                let lines = Set(try #require(home.text()).split(separator: "\n"))
                #expect(tool.others.split(separator: "\n").allSatisfy { lines.contains($0) }, "\(lines)")
            }
            #expect(try await home.setup([tool.tool, "--undo"]).exitCode == 0)
            #expect(home.text() == tool.others)
            #expect(try home.mode() == 0o640)
            #expect(!FileManager.default.fileExists(atPath: home.backup.path()))
        }
    }

    @Test(arguments: SetupCase.shared)
    func whatSomebodyElseChangedSinceIsKept(tool: SetupCase) async throws {
        try await ToolHome.with(tool.file) { home in
            try home.write(tool.others)
            #expect(try await home.setup(tool.arguments).exitCode == 0)
            try home.write(try #require(home.text()).replacing(tool.change.from, with: tool.change.to))
            let undo = try await home.setup([tool.tool, "--undo"])
            #expect(undo.exitCode == 0, "\(undo.errors)")
            let text = try #require(home.text())
            #expect(text.contains(tool.change.to) && !text.contains("iam-broker") && !text.contains("127.0.0.1"))
            if tool.tool != "docker" {
                let changed = tool.others.replacing(tool.change.from, with: tool.change.to)
                #expect(text == changed + (changed.hasSuffix("\n") ? "" : "\n") || text == changed)
            }
            #expect(!FileManager.default.fileExists(atPath: home.backup.path()))
        }
    }

    @Test(arguments: SetupCase.all)
    func somebodyElsesSettingIsNeverReplaced(tool: SetupCase) async throws {
        try await ToolHome.with(tool.file) { home in
            try home.write(tool.taken)
            for mode in [[], ["--check"]] {
                let run = try await home.setup(tool.arguments + mode)
                #expect(run.exitCode == 1)
                #expect(run.errors.contains("something else is in the place: \(tool.takenName)"), "\(run.errors)")
            }
            #expect(try await home.setup([tool.tool, "--undo"]).exitCode == 0)
            #expect(home.text() == tool.taken)
            #expect(!FileManager.default.fileExists(atPath: home.backup.path()))
        }
    }

    @Test(arguments: SetupCase.all)
    func whatIsPrintedIsWhatIsAdded(tool: SetupCase) async throws {
        try await ToolHome.with(tool.file) { home in
            let print = try await home.setup(tool.arguments + ["--print"])
            #expect(print.exitCode == 0)
            #expect(!FileManager.default.fileExists(atPath: home.file.path()))
            #expect(try await home.setup(tool.arguments).exitCode == 0)
            // A kubeconfig says first what it is.
            let beginning = tool.tool == "kubectl" ? "apiVersion: v1\nkind: Config\n" : ""
            #expect(home.text() == beginning + print.output)
        }
    }

    @Test(arguments: SetupCase.all)
    func whatTheToolWouldNotReadIsLeftAlone(tool: SetupCase) async throws {
        let large = String(repeating: "#", count: (1 << 20) + 1)
        for text in tool.malformed + [large] where !tool.others.isEmpty || text == large {
            try await ToolHome.with(tool.file) { home in
                try home.write(text)
                let modes = text == large ? [[], ["--check"], ["--undo"]] : [[], ["--check"]]
                for mode in modes {
                    let run = try await home.setup(tool.arguments + mode)
                    #expect(run.exitCode == 65, "\(text.prefix(20)): \(run.errors)")
                }
                #expect(home.text() == text)
                #expect(!FileManager.default.fileExists(atPath: home.backup.path()))
            }
        }
    }

    @Test(arguments: SetupCase.all)
    func hostileNamesChangeNothing(tool: SetupCase) async throws {
        try await ToolHome.with(tool.file) { home in
            let modes = [["--file="], ["--file", "a\nb"], ["--check", "--undo"]].map { tool.options + $0 }
            for options in tool.hostile + modes {
                let run = try await home.setup([tool.tool] + options)
                #expect(run.exitCode == 64, "\(options): \(run.errors)")
                #expect(run.output.isEmpty)
                let isHarmless = run.errors.unicodeScalars.allSatisfy {
                    $0 == "\n" || $0.value >= 0x20 && $0 != "\u{202E}"
                }
                #expect(isHarmless, "\(options)")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: home.folder.path()) == ["bin"])
        }
    }

    @Test(arguments: SetupCase.all)
    func aLinkStaysALink(tool: SetupCase) async throws {
        try await ToolHome.with(tool.file) { home in
            #expect(try await home.setup(tool.arguments).exitCode == 0)
            let real = home.folder.appending(path: "real")
            try FileManager.default.moveItem(at: home.file, to: real)
            try FileManager.default.createSymbolicLink(at: home.file, withDestinationURL: real)
            if tool.others.isEmpty {
                #expect(try await home.setup(tool.arguments + ["--check"]).exitCode == 0)
            } else {
                try Data(tool.others.utf8).write(to: real)
                let run = try await home.setup(tool.arguments)
                #expect(run.exitCode == 0, "\(run.errors)")
                #expect(home.text(real) != tool.others)
            }
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: home.file.path()) == real.path())
            #expect(try await home.setup([tool.tool, "--undo"]).exitCode == 0)
            #expect(home.text(real) ?? "" == tool.others)
            try? FileManager.default.removeItem(at: real)
            let dangling = try await home.setup(tool.arguments)
            #expect(dangling.exitCode == 65 && dangling.errors.contains("is a link that leads nowhere"))
        }
    }

    @Test(arguments: SetupCase.shared)
    func whileAnotherProgramHasTheLockTheFileIsLeftAlone(tool: SetupCase) async throws {
        try await ToolHome.with(tool.file) { home in
            try home.write(tool.others)
            let lock = URL(filePath: home.file.path() + ".lock")
            try Data().write(to: lock)
            let run = try await home.setup(tool.arguments)
            #expect(run.exitCode == 69 && run.errors.contains(lock.path()), "\(run.errors)")
            #expect(home.text() == tool.others)
            #expect(!FileManager.default.fileExists(atPath: home.backup.path()))
            try FileManager.default.removeItem(at: lock)
            #expect(try await home.setup(tool.arguments).exitCode == 0)
            try Data().write(to: lock)
            let text = home.text()
            #expect(try await home.setup([tool.tool, "--undo"]).exitCode == 69)
            #expect(home.text() == text && home.text(home.backup) == tool.others)
            #expect(FileManager.default.fileExists(atPath: lock.path()))
        }
    }

    @Test(arguments: [
        (SetupCase.docker, "--host", "us.icr.io", "de.icr.io"), (.git, "--host", "git.example.com", "b.example"),
        (.kubectl, "--user", "iam", "b"), (.aws, "--pair", "archive", "b"), (.rclone, "--remote", "cos", "b"),
        (.sdk, "--service", "vpc", "b"),
    ])
    func onlyWhatIsNamedIsTakenOut(tool: SetupCase, option: String, first: String, second: String) async throws {
        try await ToolHome.with(tool.file) { home in
            try home.write(tool.others)
            let rest = tool.tool == "rclone" ? ["--aws-profile", "a", "--endpoint", "https://a.example"] : []
            for name in [first, second] {
                let run = try await home.setup([tool.tool, option, name] + rest)
                #expect(run.exitCode == 0, "\(run.errors)")
            }
            let undo = try await home.setup([tool.tool, option, second, "--undo"])
            #expect(undo.exitCode == 0 && undo.output.contains("taken out"), "\(undo.errors)")
            #expect(try await home.setup([tool.tool, option, first, "--check"] + rest).exitCode == 0)
            #expect(try await home.setup([tool.tool, option, second, "--check"] + rest).exitCode == 1)
            #expect(home.text(home.backup) == tool.others)
            #expect(try await home.setup([tool.tool, "--undo"]).exitCode == 0)
            #expect(home.text() == tool.others)
        }
    }

    @Test(arguments: SetupCase.all)
    func anotherFileCanBeNamed(tool: SetupCase) async throws {
        try await ToolHome.with("elsewhere/in/a folder") { home in
            let path = home.file.path(percentEncoded: false)
            let run = try await home.setup(tool.arguments + ["--file", path])
            #expect(run.exitCode == 0 && run.output.hasPrefix(path + ": added "), "\(run.errors)")
            #expect(try home.neighbours() == ["a folder"])
            #expect(try await home.setup([tool.tool, "--undo", "--file", path]).exitCode == 0)
            #expect(try home.neighbours().isEmpty)
        }
    }
}
