"""Monitors that cannot be taken in or run as they are: told on one line, at most once a minute."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=1)
LONGEST = 1000


class Unfit:
    """Counts them; the first of those that were not told yet stands for all of them."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._first = ""
        self._count = 0
        self._told_at: datetime | None = None

    def add(self, sentence: str) -> None:
        """Note one, and why."""
        self._first = self._first or sentence[:LONGEST]
        self._count += 1

    def tell(self) -> None:
        """Write what was noted since the last line, unless that was a moment ago."""
        now = self._now()
        if not self._count or (self._told_at is not None and abs(now - self._told_at) < EVERY):
            return
        more = self._count - 1
        log.warning("%s%s", self._first, f" So it is with {more} more." if more else "")
        self._first, self._count, self._told_at = "", 0, now
