"""The command blocks of a page, and the markers before them."""

import dataclasses
import pathlib
import re

FENCE = re.compile(r"^(?P<indent> *)(?P<fence>`{3,})(?P<language>[a-z]*)\s*$")
MARKER = re.compile(r"^\s*<!-- (?P<kind>run|not run):\s*(?P<text>.*?)\s*-->\s*$")
# A comment that was meant as a marker: found in place of being taken for prose.
NEARLY = re.compile(r"^\s*<!--.*\b(not|run)\b.*-->\s*$", re.IGNORECASE)
NAME = r"[a-z][a-z0-9-]*"


class Mistake(Exception):
    """What is wrong in a page, with its place."""


@dataclasses.dataclass
class Block:
    page: str
    line: int
    language: str
    text: str
    reason: str | None = None  # why it is not run
    exit_code: int = 0
    name: str | None = None
    after: str | None = None
    needs: list[str] = dataclasses.field(default_factory=list)
    serves: str | None = None  # a port of 127.0.0.1, or a socket's path
    before: str | None = None  # what is done to the world first
    seconds: int = 120

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def script(self) -> str:
        """What is run: of a console block the lines after the prompt, with the lines that continue them."""
        if self.language != "console":
            return self.text
        lines, continued = [], False
        for line in self.text.split("\n"):
            if continued or line.startswith("$ "):
                lines.append(line.removeprefix("$ "))
                continued = line.endswith("\\")
        return "\n".join(lines)

    def apply(self, text: str) -> None:
        """Takes over what a marker says: instructions with ';' between them."""
        for instruction in text.split(";"):
            word, _, rest = instruction.strip().partition(" ")
            if word in ("as", "after") and re.fullmatch(NAME, rest):
                setattr(self, "name" if word == "as" else "after", rest)
            elif word in ("exit", "seconds") and rest.isdigit():
                setattr(self, "exit_code" if word == "exit" else word, int(rest))
            elif word == "serves" and (rest.isdigit() or rest.startswith("/")):
                self.serves = rest
            elif word in ("clear", "begin") and not rest:
                self.before = word
            elif word == "needs" and rest:
                self.needs = rest.split()
            else:
                raise Mistake(f"{self.place}: unknown marker '{instruction.strip()}'")


def read(path: pathlib.Path, page: str) -> list[Block]:
    """All fenced blocks of a page, of any language."""
    blocks: list[Block] = []
    lines = path.read_text(encoding="utf-8").split("\n")
    number = 0
    while number < len(lines):
        fence = FENCE.match(lines[number])
        if not fence:
            follows = number + 1 < len(lines) and FENCE.match(lines[number + 1])
            if (marker := MARKER.match(lines[number])) and not (follows and follows["language"]):
                raise Mistake(f"{page}:{number + 1}: a marker stands on the line before a block")
            if not marker and follows and NEARLY.match(lines[number]):
                raise Mistake(f"{page}:{number + 1}: is this a marker? '<!-- run: … -->' or '<!-- not run: REASON -->'")
            number += 1
            continue
        end = number + 1
        while end < len(lines) and lines[end].strip() != fence["fence"]:
            end += 1
        if end == len(lines):
            raise Mistake(f"{page}:{number + 1}: the block has no end")
        indent = len(fence["indent"])
        text = "\n".join(line[indent:] if line[:indent].isspace() else line for line in lines[number + 1 : end])
        block = Block(page, number + 1, fence["language"], text)
        if number and (marker := MARKER.match(lines[number - 1])):
            if marker["kind"] == "not run":
                if len(marker["text"].split()) < 2:
                    raise Mistake(f"{block.place}: 'not run' without a reason")
                block.reason = marker["text"]
            elif marker["kind"] == "run":
                block.apply(marker["text"])
        blocks.append(block)
        number = end + 1
    names: set[str] = set()
    for block in blocks:
        if block.after and block.after not in names:
            raise Mistake(f"{block.place}: no block before it is called '{block.after}'")
        if block.name:
            names.add(block.name)
    return blocks
