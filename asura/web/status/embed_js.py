"""The script that shows a line about a page on other pages."""

import re
from functools import cache
from pathlib import Path

import asura
from asura.web.status.showing import Showing

MEDIA_TYPE = "text/javascript"
# A page that asks each minute may have a script that is five minutes old.
HEADERS = {"Cache-Control": "public, max-age=300"}
_COMMENT = re.compile(r"(^|\s)// .*$", re.MULTILINE)


def render(shown: Showing) -> bytes:
    """Return the script of a page; it finds the page by its own address, and speaks its language unless told to."""
    own = shown.page.config.language
    return _script().replace("$LANGUAGE", "" if own == "auto" else own).encode()


@cache
def _script() -> str:
    source = (Path(asura.__file__).parent / "templates" / "status" / "embed.js").read_text("utf-8")
    lines = (line.strip() for line in _COMMENT.sub("", source).splitlines())
    text = "\n".join(line for line in lines if line) + "\n"
    # In ASCII, because a page may be written in anything, and its scripts are read as it is.
    return text.encode("ascii", "backslashreplace").decode("ascii")
