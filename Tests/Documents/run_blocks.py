#!/usr/bin/env python3
"""Runs the command blocks of README.md and docs/*.md on a machine made for them, and tells which do not work.

    run_blocks.py --programs .build/debug [--try-all] [--list] [PAGE…]

It needs root, and takes namespaces of its own for mounts, processes and the network: what blocks write to /etc, /var, /usr/local,
/run, /tmp and the homes is gone afterwards, and 169.254.169.254 and IBM's hosts are the simulator (world.py). Each page gets a
new world: a daemon with the standard configuration, a policy that permits root, and a working folder. Its blocks of the languages
`sh` and `console` (there: the lines after `$ `) are run in their order, each by a `bash -euo pipefail` of its own.

A comment on the line before a block, which readers of the page do not see, says otherwise:

    <!-- run: exit 77 -->          it must end with 77 and not with 0
    <!-- run: as trial -->         its variables and its folder are kept under this name …
    <!-- run: after trial -->      … for a block that needs them
    <!-- run: needs jq aws -->     it is run where these programs are on the machine
    <!-- run: serves 8170 -->      it does not end; it is well when the port answers, and goes on until the page ends. Also with
                                   the path of a Unix socket
    <!-- run: clear -->            as before an installation: no daemon, no user, no configuration, no state
    <!-- run: begin -->            the world is made anew before
    <!-- run: seconds 300 -->      how long it may take, in place of 120 s
    <!-- not run: REASON -->       it is not run; the reason is one that a reader would accept

Instructions of one comment have `;` between them. Blocks of the language `yaml` are read as what they are: a configuration or a part
of one, a grant document, cases, or a rotation plan. In all blocks, also in those that are not run, and in what prose and tables
have between backticks, subcommands and options of the programs must exist. `--try-all` runs the blocks that are not to be run, too,
and tells those which would have passed: their marker is wrong.
"""

import argparse
import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

import commands
import documents
import pages
import world as worlds

PACKAGE = pathlib.Path(__file__).resolve().parents[2]
LANGUAGES = ("sh", "console")
INLINE = re.compile(r"`((?:sudo )?(?:iam-broker|iam-brokerd|ibm-cloud-simulator) [^`]*)`")
TOKEN = re.compile(r"eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)*")


def main() -> int:
    parser = argparse.ArgumentParser(description="runs the command blocks of the documentation")
    parser.add_argument("--programs", type=pathlib.Path, default=PACKAGE / ".build/debug")
    parser.add_argument("--try-all", action="store_true")
    parser.add_argument("--list", action="store_true", help="show blocks and markers, run nothing")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("pages", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    files = options.pages or [PACKAGE / "README.md", *sorted((PACKAGE / "docs").glob("*.md"))]
    files = [file.resolve() for file in files]
    options.programs = options.programs.resolve()
    if not (options.inside or options.list):
        namespaces = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
        again = ["--programs", str(options.programs), "--inside"] + ["--try-all"] * options.try_all
        os.execvp(namespaces[0], [*namespaces, sys.executable, __file__, *again, *map(str, files)])

    failures: list[str] = []
    of_page: dict[str, list[pages.Block]] = {}
    programs = None if options.list else commands.Programs(options.programs)
    for file in files:
        page = str(file.relative_to(PACKAGE)) if file.is_relative_to(PACKAGE) else file.name
        try:
            blocks = [block for block in pages.read(file, page) if block.language in (*LANGUAGES, "yaml")]
        except pages.Mistake as mistake:
            failures.append(str(mistake))
            continue
        of_page[page] = blocks
        if programs:
            for block in blocks:
                if block.language in LANGUAGES:
                    failures += [f"{block.place}: {mistake}" for mistake in programs.mistakes(block.script)]
            failures += inline_mistakes(programs, file, page)
    if options.list:
        for block in (block for blocks in of_page.values() for block in blocks if block.language in LANGUAGES):
            print(f"{block.place}: {'not run: ' + block.reason if block.reason else 'run'}")
        return report(failures, of_page, 0)
    runner = Runner(worlds.World(options.programs, PACKAGE), options.try_all)
    for blocks in of_page.values():
        failures += runner.run([block for block in blocks if block.language in LANGUAGES])
    failures += runner.check([block for blocks in of_page.values() for block in blocks if block.language == "yaml"])
    return report(failures, of_page, runner.count)


def inline_mistakes(programs: commands.Programs, file: pathlib.Path, page: str) -> list[str]:
    found = []
    for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), start=1):
        for command in INLINE.findall(line):
            # What may be left out stands in brackets.
            for mistake in programs.mistakes(re.sub(r"[\[\]…]", " ", command)):
                found.append(f"{page}:{number}: {mistake}")
    return found


def report(failures: list[str], of_page: dict[str, list[pages.Block]], count: int) -> int:
    for failure in failures:
        print(masked(failure))
    number = sum(map(len, of_page.values()))
    print(f"{number} blocks: {count} run, {number - count} marked")
    return 1 if failures else 0


def masked(text: str) -> str:
    return TOKEN.sub("<token>", text)


class Runner:
    """Runs the blocks of a page in their order."""

    def __init__(self, world: worlds.World, tries_all: bool):
        self.world = world
        self.tries_all = tries_all
        self.count = 0

    def run(self, blocks: list[pages.Block]) -> list[str]:
        if not any(self.is_run(block) or self.tries_all for block in blocks):
            return []
        failures = []
        self.world.begin()
        for block in blocks:
            if block.reason and not self.tries_all:
                continue
            if any(not shutil.which(program) for program in block.needs):
                continue
            failure = self.failure(block)
            if block.reason:
                if not failure:
                    failures.append(f"{block.place}: it passes, although it is marked 'not run: {block.reason}'")
                continue
            self.count += 1
            if failure:
                failures.append(failure)
        self.world.end()
        return failures

    def check(self, blocks: list[pages.Block]) -> list[str]:
        """The same for documents in YAML."""
        self.world.clear()
        checks = documents.Documents(self.world.examples)
        failures = []
        for block in blocks:
            if block.reason and not self.tries_all:
                continue
            failure = checks.check(block)
            self.count += not block.reason
            if failure and not block.reason:
                failures.append(f"{block.place}: {failure}")
            elif block.reason and not failure:
                failures.append(f"{block.place}: it passes, although it is marked 'not run: {block.reason}'")
        return failures

    def is_run(self, block: pages.Block) -> bool:
        return not block.reason and all(shutil.which(program) for program in block.needs)

    def failure(self, block: pages.Block) -> str | None:
        if block.before == "begin":
            self.world.end()
        if block.before:
            getattr(self.world, block.before)()
        script = self.world.with_stand_ins(block.script)
        file = self.world.state / "block.sh"
        kept = self.world.state
        lines = []
        if block.after:
            lines += [f". {kept}/{block.after}.variables", f'cd "$(cat {kept}/{block.after}.folder)"']
        lines.append(script)
        if block.name:
            # Without those that a shell has of itself, and does not let anybody set.
            settable = "grep -E '^declare -[-aAix]+ ' | grep -vE '^declare [^ ]+ (BASH|DIRSTACK|GROUPS|FUNCNAME|_=)'"
            lines += [f"declare -p | {settable} > {kept}/{block.name}.variables", f"pwd > {kept}/{block.name}.folder"]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        # What a block leaves running goes on to write into them.
        outputs = [self.world.state / f"{block.line}.{name}" for name in ("output", "errors")]
        with open(outputs[0], "wb") as output, open(outputs[1], "wb") as errors:
            shell = subprocess.Popen(
                ["bash", "-euo", "pipefail", file],
                cwd=self.world.work,
                env={"PATH": os.environ["PATH"], "HOME": "/root", "LANG": "C.UTF-8", "USER": "root"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                start_new_session=True,
            )
            code = self.end(shell, block)
        if code == block.exit_code or (block.serves and code == "serves"):
            return None
        texts = [file.read_text(errors="replace").strip() for file in reversed(outputs)]
        said = " ⏎ ".join((texts[0] or texts[1]).split("\n")[-4:])
        first = block.script.strip().split("\n")[0]
        expected = f"an answer at {block.serves}" if block.serves else f"exit code {block.exit_code}"
        return f"{block.place}: {code}, expected {expected}: {first}: {said}"

    def end(self, shell: subprocess.Popen, block: pages.Block) -> int | str:
        """The exit code, or in words what came in its place."""
        end = time.monotonic() + block.seconds
        while time.monotonic() < end:
            if block.serves and worlds.connects(block.serves):
                return "serves"
            try:
                code = shell.wait(timeout=0.05)
            except subprocess.TimeoutExpired:
                continue
            # Where servers run beside the shell, it may end before they listen.
            if code or not block.serves:
                return code
            time.sleep(0.05)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(shell.pid, signal.SIGKILL)
        shell.wait()
        return f"not done after {block.seconds} s"


if __name__ == "__main__":
    sys.exit(main())
