import Foundation
import Testing

/// What git itself makes of its setup.
@Suite(.timeLimit(.minutes(5))) struct SetupGitTests {
    @Test func gitAsksTheHelperAndForgetsThoseThatWouldKeepTheToken() async throws {
        try await ToolHome.with(".gitconfig") { home in
            try home.write("[credential]\n\thelper = \"!f() { touch \(home.folder.path())/asked; }; f\"\n")
            let run = try await home.setup(SetupCase.git.arguments)
            #expect(run.exitCode == 0, "\(run.errors)")
            #expect(run.output.contains("git asks it for git.example.com"))
            try await FakeDaemon.onSocket(.answer("200 OK", CredentialTests.answer)) { socket, daemon in
                let fill = try await CommandRun(
                    program: URL(filePath: "/usr/bin/git"),
                    ["-C", "/", "credential", "fill"],
                    input: Data("protocol=https\nhost=git.example.com\n\n".utf8),
                    environment: [
                        "HOME": home.folder.path(), "PATH": home.path, "IAM_BROKER_SOCKET": socket,
                        "GIT_TERMINAL_PROMPT": "0",
                    ]
                )
                #expect(fill.exitCode == 0 && fill.output.contains("password=\(CredentialTests.token)\n"))
                #expect(daemon.requests.lines == ["GET /v1/token?profile=source HTTP/1.1"])
            }
            #expect(!FileManager.default.fileExists(atPath: home.folder.appending(path: "asked").path()))
        }
    }

    @Test func aHelperThatGitPrefersIsTold() async throws {
        try await ToolHome.with(".gitconfig") { home in
            let second = home.folder.appending(path: "second")
            try Data("[credential \"https://git.example.com\"]\n\thelper = store --file hunter2\n".utf8)
                .write(to: second)
            try home.write("")
            #expect(try await home.setup(SetupCase.git.arguments).exitCode == 0)
            try home.write(try #require(home.text()) + "[include]\n\tpath = \(second.path())\n")
            let check = try await home.setup(SetupCase.git.arguments + ["--check"])
            #expect(check.exitCode == 1)
            #expect(check.errors.contains("git has another helper for https://git.example.com: \"store …\""))
        }
    }

    @Test(
        arguments: [
            ([:], ".gitconfig"), (["GIT_CONFIG_GLOBAL": "@/g"], "g"), (["XDG_CONFIG_HOME": "@/x"], "x/git/config"),
        ] as [([String: String], String)]
    )
    func gitsOwnRulesSayWhichFile(environment: [String: String], file: String) async throws {
        try await ToolHome.with(file) { home in
            if file.hasSuffix("config") && file != ".gitconfig" { try home.write("[a]\n\tb = c\n") }
            let environment = environment.mapValues { $0.replacing("@", with: home.folder.path()) }
            let run = try await home.setup(SetupCase.git.arguments, environment: environment)
            #expect(run.exitCode == 0, "\(run.errors)")
            #expect(home.text()?.contains("helper = iam-broker --host git.example.com --profile source\n") == true)
            let helper = try await home.tool(
                "git",
                "-C",
                "/",
                "config",
                "--global",
                "--get-all",
                "credential.https://git.example.com.helper",
                environment: environment
            )
            #expect(helper.output == "\niam-broker --host git.example.com --profile source\n")
        }
    }

    @Test(arguments: [false, true])
    func anEmptyHelperOfAPersonStaysAndOursGoes(isChanged: Bool) async throws {
        try await ToolHome.with(".gitconfig") { home in
            let own =
                "[credential]\n\thelper = store\n[credential \"https://git.example.com\"]\n\thelper =\n\tusername = a\n"
            try home.write(own)
            #expect(try await home.setup(SetupCase.git.arguments).exitCode == 0)
            let text = try #require(home.text())
            if isChanged { try home.write(text.replacing("username = a", with: "username = b")) }
            let undo = try await home.setup(["git", "--undo"])
            #expect(undo.exitCode == 0, "\(undo.errors)")
            #expect(home.text() == (isChanged ? own.replacing("username = a", with: "username = b") : own))
        }
    }

    @Test(arguments: [("INT", SIGINT), ("TERM", SIGTERM), ("HUP", SIGHUP)])
    func whoeverInterruptsItFindsNothingHalfDone(name: String, number: Int32) async throws {
        try await ToolHome.with("folder/gitconfig") { home in
            try home.write(SetupCase.git.others)
            let script =
                "case $* in *--add*) echo $$ > '\(home.folder.path())/id'; kill -\(name) $PPID; exec sleep 600 ;; esac"
            try await home.standIn("git", script + "\nexec /usr/bin/git \"$@\"")
            let run = try await home.setup(SetupCase.git.arguments + ["--file", home.file.path()])
            #expect(run.exitCode == -number, "\(run.exitCode) \(run.errors)")
            #expect(home.text() == SetupCase.git.others)
            #expect(try home.neighbours() == ["gitconfig"])
            let id = home.text(home.folder.appending(path: "id")).flatMap { pid_t($0.dropLast()) }
            #expect(kill(try #require(id), 0) == -1 && errno == ESRCH)
        }
    }

    @Test func aFileIsFoundFromTheFolderOfTheUser() async throws {
        try await ToolHome.with("gitconf") { home in
            let words =
                ["-C", home.folder.path(), "iam-broker", "setup"] + SetupCase.git.arguments + ["--file", "gitconf"]
            let run = try await CommandRun(
                program: URL(filePath: "/usr/bin/env"),
                words,
                environment: ["HOME": "/nonexistent", "PATH": home.path]
            )
            #expect(run.exitCode == 0 && run.output.contains("git asks it for"), "\(run.errors)")
            #expect(home.text()?.contains("iam-broker --host git.example.com") == true)
        }
    }

    @Test func whatAPersonHadBeforeIsThereAfterwards() async throws {
        try await ToolHome.with(".gitconfig") { home in
            let own = "[credential \"https://own.example\"]\n\thelper = iam-broker --host own.example\n"
            try home.write(own)
            #expect(try await home.setup(SetupCase.git.arguments).exitCode == 0)
            #expect(try await home.setup(["git", "--undo"]).exitCode == 0)
            #expect(home.text() == own)
        }
    }
}
