"""Prints the licences and notices of the Swift packages whose code is in programs.

notices.py REPOSITORY RELEASE PROGRAM…
"""

import pathlib
import sys

from packages import linked_packages

repository, release = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
print("The programs hold code of these packages, each with its licence and notices, and of the Swift runtime")
print("(https://www.swift.org/LICENSE.txt, Apache-2.0 with a runtime library exception).")
for package in linked_packages(repository, release, sys.argv[3:]):
    print(f"\n{'=' * 100}\n{package.name} {package.version}, {package.location}\n{'=' * 100}")
    for text in package.licence_files:
        print(f"\n--- {text.name}\n")
        print(text.read_text(encoding="utf-8").strip("\n"))
