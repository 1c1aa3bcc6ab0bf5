"""Prints what CHANGELOG.md says of one version: python3 .github/release_notes.py 1.2.0 [FILE]."""

import re
import sys
from pathlib import Path

HEADING = re.compile(r"^## \[(?P<version>[^]]+)\].*$", re.MULTILINE)


def notes(changelog: str, version: str) -> str:
    """Returns the text below the heading of a version; nothing when there is none."""
    headings = list(HEADING.finditer(changelog))
    for index, heading in enumerate(headings):
        if heading["version"] == version:
            end = headings[index + 1].start() if index + 1 < len(headings) else len(changelog)
            return changelog[heading.end() : end].strip()
    return ""


if __name__ == "__main__":
    wanted, file = sys.argv[1], Path(sys.argv[2] if len(sys.argv) > 2 else "CHANGELOG.md")
    found = notes(file.read_text("utf-8"), wanted)
    if not found:
        sys.exit(f"{file} says nothing of {wanted}: give it a heading `## [{wanted}] - DATE` with what is new")
    print(found)
