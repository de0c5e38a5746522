"""The Swift packages whose code is in built programs."""

import dataclasses
import json
import pathlib
import re

_LICENCE = re.compile(r"^(LICEN[CS]E|NOTICE|COPYING)", re.IGNORECASE)
_MODULE = re.compile(r"/([^/]+)\.build/")

# Modules whose folder does not have their name, or whose name two packages have.
_ELSEWHERE = {
    "ServiceContextModule": "swift-service-context",
    "ServiceContextModuleCompatibility": "swift-distributed-tracing",
    "SystemPackage": "swift-system",
}


@dataclasses.dataclass(frozen=True)
class Package:
    name: str
    version: str
    revision: str
    location: str
    folder: pathlib.Path

    @property
    def licence_files(self) -> list[pathlib.Path]:
        return sorted(path for path in self.folder.iterdir() if path.is_file() and _LICENCE.match(path.name))

    @property
    def licence(self) -> str:
        """The SPDX identifier, by the words that it begins with; an unknown licence is an error."""
        for path in self.licence_files:
            text = " ".join(path.read_text(encoding="utf-8").split())
            if "Apache License Version 2.0" in text:
                return "Apache-2.0"
            if "Permission is hereby granted, free of charge, to any person obtaining a copy" in text:
                return "MIT"
        raise SystemExit(f"the licence of {self.name} is none that is known here: see {self.folder}")


def linked_packages(repository: pathlib.Path, release: pathlib.Path, programs: list[str]) -> list[Package]:
    """By name: what Package.resolved says of the packages from which the linker was given an object file."""
    checkouts = repository / ".build/checkouts"
    names = set()
    for program in programs:
        objects = (release / f"{program}.product/Objects.LinkFileList").read_text(encoding="utf-8")
        for module in sorted(set(_MODULE.findall(objects))):
            if (repository / "Sources" / module).is_dir():
                continue
            owners = {path.relative_to(checkouts).parts[0] for path in checkouts.glob(f"*/Sources/{module}")}
            owners |= {path.parent.name for path in checkouts.glob(f"*/{module}")}
            if module in _ELSEWHERE:
                owners = {_ELSEWHERE[module]}
            if len(owners) != 1:
                raise SystemExit(f"{program} holds the module {module}, which is of {sorted(owners) or 'no package'}")
            names |= owners
    pins = json.loads((repository / "Package.resolved").read_text(encoding="utf-8"))["pins"]
    found = []
    for pin in pins:
        name = pin["location"].rstrip("/").removesuffix(".git").rsplit("/", 1)[-1]
        if name not in names:
            continue
        names.remove(name)
        state = pin["state"]
        version = state.get("version", state["revision"])
        found.append(Package(name, version, state["revision"], pin["location"], checkouts / name))
    if names:
        raise SystemExit(f"not in Package.resolved: {sorted(names)}")
    return sorted(found, key=lambda package: package.name.lower())
