"""What a TCP check says and what it waits for: escapes, patterns, and a transcript people can read."""

import re
from typing import Literal, Protocol

from asura.checks.patterns import BadPattern, pattern
from asura.errors import Fault, Invalid

ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|[rnt0\\])")
PLAIN = {"r": b"\r", "n": b"\n", "t": b"\t", "0": b"\0", "\\": b"\\"}

Notation = Literal["text", "hex"]


class Expectation(Protocol):
    """Whether what came so far holds what is waited for."""

    def __call__(self, received: bytes) -> bool:
        """Return True as soon as the answer is there."""
        ...


def octets(text: str, notation: Notation, path: str) -> bytes:
    r"""Return the bytes that a person wrote as text with \r \n \t \0 \\ \xHH, or as hexadecimal digits."""
    if notation == "hex":
        try:
            return bytes.fromhex(text.replace(":", " "))
        except ValueError:
            raise Invalid(Fault(path, "must be pairs of hexadecimal digits, like 50 49 4e 47")) from None
    parts, position = [], 0
    for match in ESCAPE.finditer(text):
        parts.append(text[position : match.start()].encode())
        mark = match[1]
        parts.append(bytes([int(mark[1:], 16)]) if mark[0] == "x" else PLAIN[mark])
        position = match.end()
    return b"".join((*parts, text[position:].encode()))


def expectation(text: str, kind: Literal["text", "regex", "hex"], path: str) -> Expectation | None:
    """Return what decides whether an answer fits; None when nothing is expected. Raises Invalid for a bad pattern."""
    if not text:
        return None
    if kind == "regex":
        return _pattern(text, path)
    wanted = octets(text, kind, path)
    return lambda received: wanted in received


def readable(content: bytes, limit: int = 2048) -> str:
    """Return bytes as text for a transcript: line ends kept, other control characters as escapes, cut at `limit`."""
    text = content[:limit].decode("utf-8", "backslashreplace").replace("\r\n", "\n")
    shown = "".join(
        c if c == "\n" or c == "\t" or c.isprintable() else c.encode("unicode_escape").decode() for c in text
    )
    return shown if len(content) <= limit else f"{shown}… ({len(content)} bytes)"


def quoted(content: bytes, limit: int = 80) -> str:
    """Return the beginning of an answer for a sentence: one line, in quotes."""
    line = " ".join(readable(content[: limit * 4], limit * 4).split())
    return f"“{line[:limit]}…”" if len(line) > limit else f"“{line}”"


def _pattern(text: str, path: str) -> Expectation:
    try:
        compiled = pattern(text)
    except BadPattern as bad:
        raise Invalid(Fault(path, str(bad))) from None
    return lambda received: compiled.search(received.decode("utf-8", "replace")) is not None
