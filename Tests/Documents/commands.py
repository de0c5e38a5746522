"""Whether the command lines of the documentation have subcommands and options that the programs have."""

import json
import pathlib
import re
import shlex
import subprocess

PROGRAMS = ("iam-broker", "iam-brokerd", "ibm-cloud-simulator")
OPERATORS = ("|", "||", "&&", ";", "&", "(", ")", ">", ">>", "<", "<<", "2>")
ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=.*")


class Programs:
    """What the built programs say of their command lines."""

    def __init__(self, folder: pathlib.Path):
        self.commands = {}
        for program in PROGRAMS:
            dump = subprocess.run(
                [folder / program, "--experimental-dump-help"], stdout=subprocess.PIPE, check=True, timeout=60
            )
            self.commands[program] = json.loads(dump.stdout)["command"]

    def mistakes(self, script: str) -> list[str]:
        """What is wrong with the command lines of a script that begin with one of the programs."""
        found = []
        for line in lines(script):
            for words in simple_commands(line):
                while words and (words[0] == "sudo" or ASSIGNMENT.fullmatch(words[0])):
                    words = words[1:]
                if words and words[0] in self.commands:
                    found += self.mistakes_of(words)
        return found

    def mistakes_of(self, words: list[str]) -> list[str]:
        command, path, found = self.commands[words[0]], words[0], []
        options = dict(options_of(command))
        rest = iter(words[1:])
        for word in rest:
            children = {child["commandName"]: child for child in command.get("subcommands", [])}
            if word == "--":
                break
            if word.startswith("-") and len(word) > 1:
                name, equals, _ = word.partition("=")
                if name not in options and (default := self.default_of(command, children)):
                    options |= dict(options_of(default))
                if name not in options:
                    found.append(f"'{path}' has no option '{name}'")
                elif options[name] == "option" and not equals:
                    next(rest, None)
            elif word in children:
                command, path = self.passed_on(children[word], f"{path} {word}"), f"{path} {word}"
                options |= dict(options_of(command))
            elif children and not has_arguments(command) and re.fullmatch(r"[a-z][a-z-]*", word):
                found.append(f"'{path}' has no subcommand '{word}'")
                break
        return found

    @staticmethod
    def default_of(command: dict, children: dict) -> dict | None:
        """The subcommand that is meant when none is named."""
        return children.get(command.get("defaultSubcommand", ""))

    def passed_on(self, command: dict, path: str) -> dict:
        """Of a command that hands its arguments to iam-brokerd, that command of iam-brokerd."""
        if not any(argument.get("parsingStrategy") == "allRemainingInput" for argument in command["arguments"]):
            return command
        found: dict | None = self.commands["iam-brokerd"]
        for word in path.split()[1:]:
            found = next((child for child in (found or {}).get("subcommands", []) if child["commandName"] == word), None)
        return found or command


def options_of(command: dict):
    for argument in command.get("arguments", []):
        for name in argument.get("names", []):
            yield ("--" if name["kind"] == "long" else "-") + name["name"], argument["kind"]


def has_arguments(command: dict) -> bool:
    return any(argument["kind"] == "positional" for argument in command.get("arguments", []))


def lines(script: str):
    """The lines of a script, continued ones joined, without what goes into a command as a here-document."""
    ending, pending = None, ""
    for line in script.split("\n"):
        if ending:
            if line == ending:
                ending = None
            continue
        pending += line
        if pending.endswith("\\"):
            pending = pending[:-1]
            continue
        if document := re.search(r"<<'?(\w+)'?", pending):
            ending = document[1]
        yield pending
        pending = ""


def simple_commands(line: str):
    """The words of each command in a line; a line that is half of something in quotes has none."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    words: list[str] = []
    try:
        for word in lexer:
            if word in OPERATORS:
                yield words
                words = []
            else:
                words.append(word)
    except ValueError:
        return
    yield words
