import Foundation
import Testing

/// Disks that take nothing, or not all, and files of other users.
@Suite(.timeLimit(.minutes(5))) struct SetupDiskTests {
    /// Runs a script in a mount namespace, in which `$DISK` is a small file system that ends with it.
    ///
    /// The script gets the tool's arguments; `setup` in it is `iam-broker setup` with them.
    private func onSmallDisk(_ tool: SetupCase, pages: Int, _ script: String) async throws -> CommandRun {
        try await ToolHome.with(tool.file) { home in
            let beginning = """
                set -eu
                DISK=$HOME/$(dirname "$FILE" | cut -d/ -f1)
                [ "$(dirname "$FILE")" != . ] || DISK=$HOME
                mkdir -p "$DISK"
                mount -t tmpfs -o size=$PAGES"k" tmpfs "$DISK"
                mkdir -p "$(dirname "$HOME/$FILE")"
                printf '%s' "$OTHERS" > "$HOME/$FILE"
                broker=$1
                setup() { "$broker" setup "$@" 2>&1 || echo "exit code $?"; }

                """
            return try await CommandRun(
                program: URL(filePath: "/usr/bin/unshare"),
                ["--mount", "sh", "-c", beginning + script, "sh", CommandRun.executable.path()] + tool.arguments,
                environment: [
                    "HOME": home.folder.path(), "PATH": home.path + ":/usr/sbin:/sbin", "FILE": tool.file,
                    "PAGES": "\(pages * 4)", "OTHERS": tool.others,
                ]
            )
        }
    }

    /// Those whose disk has nothing of the home's own on it.
    private static let tools = [SetupCase.docker, gitElsewhere, .kubectl, .aws, .rclone]

    /// git's other file.
    private static let gitElsewhere: SetupCase = {
        var tool = SetupCase.git
        tool.file = ".config/git/config"
        return tool
    }()

    @Test(arguments: tools, [1, 2, 3, 4, 5])
    func onAFullDiskAllIsDoneOrNothingNeedsRoot(tool: SetupCase, pages: Int) async throws {
        // git does not say why it cannot write.
        let script = """
            shift
            said=$(setup "$@")
            case $said in
              *"exit code 70"*)
                printf '%s\\n' "$said" | grep -qi 'no space left on device\\|failed to write' || { echo "$said"; exit 3; }
                printf '%s' "$OTHERS" | cmp - "$HOME/$FILE"
                [ "$(cd "$(dirname "$HOME/$FILE")" && ls -A)" = "$(basename "$FILE")" ]
                echo nothing ;;
              *"exit code"*) echo "$said"; exit 4 ;;
              *)
                # Taking out may need more room than adding, and must not be half done either.
                cp "$HOME/$FILE" /dev/shm/iam-broker-test.$$
                setup "$1" --undo | grep -q 'exit code' && cmp "$HOME/$FILE" /dev/shm/iam-broker-test.$$
                rm /dev/shm/iam-broker-test.$$
                mount -o remount,size=1m "$DISK"
                setup "$1" --undo > /dev/null
                printf '%s' "$OTHERS" | cmp - "$HOME/$FILE"
                echo all ;;
            esac
            """
        let run = try await onSmallDisk(tool, pages: pages, script)
        #expect(run.exitCode == 0, "\(run.output) \(run.errors)")
        #expect(run.output.hasSuffix("all\n") || run.output.hasSuffix("nothing\n"), "\(run.output)")
        // The file itself has one page, and its copy needs another.
        if pages == 1 { #expect(run.output.hasSuffix("nothing\n")) }
        if pages == 5 { #expect(run.output.hasSuffix("all\n")) }
    }

    @Test(arguments: tools)
    func onAReadOnlyDiskItIsSaidAndCheckedAllTheSameNeedsRoot(tool: SetupCase) async throws {
        let script = """
            shift
            mount -o remount,ro "$DISK"
            setup "$@" --check
            setup "$@"
            """
        let run = try await onSmallDisk(tool, pages: 10, script)
        #expect(run.exitCode == 0, "\(run.errors)")
        #expect(run.output.contains(" lacks ") && run.output.contains("exit code 1\n"), "\(run.output)")
        #expect(run.output.contains("read-only file system\nexit code 70\n"), "\(run.output)")
    }

    @Test(arguments: SetupCase.shared)
    func theOwnerOfAFileIsKeptNeedsRoot(tool: SetupCase) async throws {
        try await ToolHome.with(tool.file) { home in
            try home.write(tool.others, mode: 0o640)
            try FileManager.default.setAttributes(
                [.ownerAccountID: 65_534, .groupOwnerAccountID: 65_533],
                ofItemAtPath: home.file.path()
            )
            for arguments in [tool.arguments, [tool.tool, "--undo"]] {
                let run = try await home.setup(arguments)
                #expect(run.exitCode == 0, "\(run.errors)")
                let attributes = try FileManager.default.attributesOfItem(atPath: home.file.path())
                #expect(attributes[.ownerAccountID] as? Int == 65_534)
                #expect(attributes[.groupOwnerAccountID] as? Int == 65_533)
                #expect(try home.mode() == 0o640)
            }
        }
    }
}
