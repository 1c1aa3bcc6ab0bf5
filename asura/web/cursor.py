"""Opaque cursors of lists that are held in memory: the last row that was given."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode

from asura.web.query import Asked, parse_id


def write(kind: str, last_id: int) -> str:
    """Return the cursor after a row."""
    return urlsafe_b64encode(f"{kind}:{last_id}".encode()).decode().rstrip("=")


def read(asked: Asked, kind: str) -> int:
    """Return the id of the last row that the client has; 0 at the beginning. A wrong cursor is a fault."""
    text = asked.text("cursor")
    if text is None:
        return 0
    try:
        plain = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        plain = ""
    found, _, number = plain.partition(":")
    last_id = parse_id(number) if found == kind else None
    if last_id is None or write(kind, last_id) != text:
        asked.wrong("cursor", "is not a cursor of this list")
        return 0
    return last_id
