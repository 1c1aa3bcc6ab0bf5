"""How deep a JSON text is nested, found out before it is decoded: interpreters differ in how deep they follow one."""

from array import array
from itertools import accumulate

# Python 3.11 gives up near 1,000 levels, 3.13 below 20,000, 3.14 beyond 100,000. Nobody who means well needs so many.
MOST_LEVELS = 256
_STEPS = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")
_OTHERS = bytes(set(range(256)) - set(b'[]{}"'))


def is_too_deep(text: bytes, most: int = MOST_LEVELS) -> bool:
    """Return whether a JSON text has more levels than so many; of what is no JSON, whether it opens more at once.

    1. Few brackets cannot lie deep: this is all that most texts cost.
    2. What stands in strings is left out. A quote that is escaped ends none; two with nothing between them change
       nothing for what comes behind.
    3. What is left is steps up and down.
    """
    if text.count(b"[") + text.count(b"{") <= most:
        return False
    plain = text.replace(rb"\\", b"").replace(rb"\"", b"") if b"\\" in text else text
    left = plain.translate(_STEPS, _OTHERS).replace(b'""', b"")
    if b'"' in left:
        left = b"".join(left.split(b'"')[::2])
    return max(accumulate(array("b", left)), default=0) > most
