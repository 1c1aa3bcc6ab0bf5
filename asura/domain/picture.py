"""Pictures that people give: what they are by their first bytes, whatever they say that they are."""

import base64
import binascii
import re

MOST_BYTES = 262_144
SVG = "image/svg+xml"
_DATA_URL = re.compile(r"data:[a-z0-9.+/-]{0,100}(?:;[a-z0-9=.+-]{1,100})*?(;base64)?,", re.IGNORECASE)
# A comment ends at the first end of one: looking for others takes ages where there are many.
_SVG = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?><!--.*?-->\s*)*+(?:<!DOCTYPE svg[^>\[]*>\s*)?<svg[\s>]", re.DOTALL
)
_STARTS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\x00\x00\x01\x00", "image/x-icon"),
)


def read(data_url: str) -> tuple[str, bytes]:
    """Return media type and bytes of a picture given as a data URL; ValueError when it is none, or too large."""
    found = _DATA_URL.match(data_url)
    if found is None or found[1] is None:
        raise ValueError("must be a picture as data:image/png;base64,…")
    try:
        body = base64.b64decode(data_url[found.end() :], validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("is not base64") from None
    if len(body) > MOST_BYTES:
        raise ValueError(f"must have at most {MOST_BYTES // 1024} KiB")
    kind = media_type(body)
    if kind is None:
        raise ValueError("must be a PNG, JPEG, GIF, WebP, SVG or ICO picture")
    return kind, body


def media_type(body: bytes) -> str | None:
    """Return what a picture is by its first bytes; None when it is none that browsers all show."""
    for start, kind in _STARTS:
        if body.startswith(start):
            return kind
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    # A document that declares entities may grow without end when it is read.
    return SVG if _SVG.match(body) and b"<!ENTITY" not in body else None
