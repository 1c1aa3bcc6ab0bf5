"""How wide a text is: by the advance widths of DejaVu Sans, whose metrics are Verdana's, in any script."""

import json
import unicodedata
from functools import lru_cache
from importlib.resources import files

# Of a letter that is not in the table, at 11 px: a wide one fills a square, others are about as wide as an n.
WIDE_PX = 11.0
USUAL_PX = 7.0
LONGEST = 100
# The table has letters as they stand alone; Arabic ones join, and are narrower then.
ARABIC, JOINED = ("\u0600", "\u06ff"), 0.78


@lru_cache(maxsize=1)
def _widths() -> dict[int, float]:
    raw = files("asura").joinpath("templates", "badges", "widths.json").read_text("ascii")
    return {
        int(first, 16) + offset: tenths / 10
        for first, row in json.loads(raw).items()
        for offset, tenths in enumerate(row)
    }


@lru_cache(maxsize=4096)
def width(text: str) -> float:
    """Return the width of a text in pixels, in Verdana of 11 px."""
    known = _widths()
    return sum(_letter(char, known) for char in text)


def _letter(char: str, known: dict[int, float]) -> float:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0.0
    found = known.get(ord(char))
    if found is not None:
        return found * JOINED if ARABIC[0] <= char <= ARABIC[1] else found
    return WIDE_PX if unicodedata.east_asian_width(char) in ("W", "F") else USUAL_PX


def clean(text: str) -> str:
    """Return a text that XML can hold, on one line, and not longer than fits on a badge."""
    spaced = "".join(" " if char.isspace() else char for char in text)
    kept = "".join(char for char in spaced if char == " " or unicodedata.category(char) not in ("Cc", "Cs", "Cn", "Co"))
    kept = " ".join(kept.split())
    return kept if len(kept) <= LONGEST else f"{kept[: LONGEST - 1]}…"


def is_rtl(text: str) -> bool:
    """Return whether a text is written from right to left: by its first letter that has a direction."""
    strong = (unicodedata.bidirectional(char) for char in text)
    return next((found in ("R", "AL") for found in strong if found in ("L", "R", "AL")), False)
