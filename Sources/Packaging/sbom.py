"""Prints the bill of materials of built programs: CycloneDX 1.5, JSON.

sbom.py REPOSITORY RELEASE PROGRAM…

It has the Swift packages whose object files were linked, what they bring along of other projects, the Swift runtime, and the
libraries of Debian that the programs load, each in the version of this build. SOURCE_DATE_EPOCH is the time that it has.
"""

import datetime
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import uuid

from packages import Package, linked_packages

SCHEMA = "1.5"


def output(*words: str) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def swift_component(package: Package) -> dict:
    place = package.location.removeprefix("https://").removesuffix(".git")
    reference = f"pkg:swift/{place}@{package.version}"
    component = {
        "type": "library",
        "bom-ref": reference,
        "name": package.name,
        "version": package.version,
        "licenses": [{"license": {"id": package.licence}}],
        "purl": reference,
        "externalReferences": [{"type": "vcs", "url": package.location, "comment": f"revision {package.revision}"}],
    }
    inside = bundled(package)
    if inside:
        component["components"] = inside
    return component


def bundled(package: Package) -> list[dict]:
    """Copies of C libraries: what scanners look for by their own names."""
    found = []
    for note in sorted(package.folder.glob("Sources/*/hash.txt")):
        text = note.read_text(encoding="utf-8")
        revision = re.search(r"revision ([0-9a-f]{40})", text)
        if "BoringSSL" in text and revision:
            found.append({
                "type": "library",
                "bom-ref": f"{package.name}/boringssl@{revision[1]}",
                "name": "boringssl",
                "version": revision[1],
                "purl": f"pkg:generic/boringssl@{revision[1]}?vcs_url=git%2Bhttps://boringssl.googlesource.com/boringssl",
            })
    return found


def swift_runtime() -> dict:
    first = output("swift", "--version").splitlines()
    version = next(match[1] for line in first if (match := re.search(r"Swift version ([0-9.]+)", line)))
    return {
        "type": "library",
        "bom-ref": f"pkg:github/swiftlang/swift@swift-{version}-RELEASE",
        "name": "swift-runtime",
        "version": version,
        "description": "Runtime, standard library and Foundation of Swift, linked statically",
        "licenses": [{"expression": "Apache-2.0 WITH Swift-exception"}],
        "purl": f"pkg:github/swiftlang/swift@swift-{version}-RELEASE",
    }


def debian_components(programs: list[pathlib.Path]) -> list[dict]:
    release = dict(line.split("=", 1) for line in pathlib.Path("/etc/os-release").read_text().splitlines() if "=" in line)
    distribution = f"{release['ID']}-{release['VERSION_ID']}".replace('"', "")
    packages = set()
    for program in programs:
        for library in re.findall(r"(/\S+) \(0x", output("ldd", str(program))):
            packages.add(owner(library))
    found = []
    for package in sorted(packages):
        name, architecture, version = output(
            "dpkg-query", "--show", "--showformat=${Package} ${Architecture} ${Version}", package
        ).split()
        reference = f"pkg:deb/debian/{name}@{version.replace('+', '%2B')}?arch={architecture}&distro={distribution}"
        found.append({
            "type": "library",
            "bom-ref": reference,
            "name": name,
            "version": version,
            "description": "Loaded from the system; the version is that of the build",
            "purl": reference,
        })
    return found


def owner(library: str) -> str:
    """The package of a library. dpkg may know it under /lib, which is /usr/lib by now, or the reverse."""
    paths = {library, os.path.realpath(library)}
    paths |= {path.removeprefix("/usr") for path in paths} | {f"/usr{path}" for path in paths if path.startswith("/lib")}
    for path in sorted(paths):
        run = subprocess.run(["dpkg-query", "--search", path], capture_output=True, text=True)
        if run.returncode == 0:
            return run.stdout.split(": ", 1)[0]
    raise SystemExit(f"no package of Debian has {library}")


def main() -> None:
    repository, release = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    names = sys.argv[3:]
    programs = [release / name for name in names]
    version = output(str(release / "iam-brokerd"), "--version").strip()
    moment = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)
    components = [swift_component(package) for package in linked_packages(repository, release, names)]
    components += [swift_runtime()] + debian_components(programs)
    root = f"{names[0]}@{version}"
    document = {
        "$schema": f"http://cyclonedx.org/schema/bom-{SCHEMA}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": SCHEMA,
        "version": 1,
        "metadata": {
            "timestamp": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": names[0],
                "version": version,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            },
        },
        "components": components,
        "dependencies": [{"ref": root, "dependsOn": sorted(component["bom-ref"] for component in components)}],
    }
    # The same materials have the same number.
    digest = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
    document["serialNumber"] = f"urn:uuid:{uuid.UUID(digest[:32], version=4)}"
    json.dump(document, sys.stdout, indent=2)
    print()


main()
