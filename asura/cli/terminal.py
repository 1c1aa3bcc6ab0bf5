"""What the terminal can show: colours, signs and width, with plain ASCII where it cannot."""

import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TextIO

COLOURS = {"green": 32, "yellow": 33, "red": 31, "blue": 34, "cyan": 36, "grey": 90, "bold": 1}
SIGNS = {
    "good": ("✔", "ok"),
    "bad": ("✘", "!!"),
    "warn": ("▲", "! "),
    "unknown": ("?", "? "),
    "arrow": ("→", "->"),
    "block": ("█", "#"),
    "dot": ("·", "-"),
}


class Terminal(NamedTuple):
    """How to draw: in colour or not, with signs or ASCII, how wide."""

    colour: bool
    signs: bool
    width: int

    def paint(self, text: str, *colours: str) -> str:
        """Return a text in colours, where there are any."""
        if not self.colour or not text:
            return text
        return "".join(f"\x1b[{COLOURS[colour]}m" for colour in colours) + f"{text}\x1b[0m"

    def sign(self, name: str) -> str:
        """Return a sign, or what stands for it in ASCII."""
        return SIGNS[name][0 if self.signs else 1]

    def plain(self, text: str) -> str:
        """Return a text of somebody else's in one line, without what could command the terminal."""
        shown = "".join(c if c.isprintable() else " " for c in text)
        return shown if self.signs else shown.encode("ascii", "replace").decode()


def terminal(stream: TextIO | None = None, env: Mapping[str, str] | None = None) -> Terminal:
    """Return what a stream can show; NO_COLOR, a dumb terminal and a pipe have no colours."""
    out = stream or sys.stdout
    variables = os.environ if env is None else env
    is_tty = out.isatty()
    colour = is_tty and not variables.get("NO_COLOR") and variables.get("TERM") != "dumb"
    signs = (getattr(out, "encoding", None) or "").lower().replace("-", "").startswith("utf")
    width = shutil.get_terminal_size((80, 24)).columns if is_tty else 80
    return Terminal(colour, signs, max(50, min(width, 120)))


def table(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Return rows as a table for a person, the names of the columns first."""
    shown = [tuple(columns), *(tuple(_cell(row[column]) for column in columns) for row in rows)]
    widths = [max(len(row[index]) for row in shown) for index in range(len(columns))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in shown)
    return "\n".join(lines)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ",".join(map(str, value)) or "-"
    return "-" if value in (None, "") else str(value)
