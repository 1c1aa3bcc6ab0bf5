"""One thing that is wrong with a value."""

from typing import NamedTuple


class Fault(NamedTuple):
    """Where a value is wrong, and how, in words for the one who wrote it."""

    path: str
    message: str
