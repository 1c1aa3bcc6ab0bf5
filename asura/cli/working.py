"""Long work on the command line: how far it is, where somebody looks, and an end when Ctrl-C is pressed."""

import math
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from asura.clock import SystemClock
from asura.store.snapshot import Task

EVERY_S = 0.1
# A terminal's Ctrl-C comes twice to the one file: from the terminal, and handed on by its launcher.
SAME_WITHIN_S = 0.5
_CLEARED = "\r\x1b[K"


class _Line:
    """One line of the terminal that changes; nothing where stderr is no terminal."""

    def __init__(self) -> None:
        self._shown_at = 0.0
        self._stage = ""
        self._used = False
        self._clock = SystemClock()
        self._watched = sys.stderr.isatty()

    def tell(self, stage: str, ratio: float) -> None:
        """Show how far it is, now and then."""
        now = self._clock.monotonic()
        if not self._watched or (stage == self._stage and now < self._shown_at + EVERY_S):
            return
        self._shown_at, self._stage, self._used = now, stage, True
        click.echo(f"{_CLEARED}{stage} … {ratio:.0%}", nl=False, err=True)

    def clear(self) -> None:
        """Leave the line empty for what comes."""
        if self._used:
            click.echo(_CLEARED, nl=False, err=True)


@contextmanager
def working(*, gentle: bool = False) -> Iterator[Task]:
    """Yield a task that shows how far it is, and stops without a trace on SIGINT and SIGTERM.

    It stops at its next step; where that does not come, a second signal ends the process at once.
    """
    line, clock = _Line(), SystemClock()
    task, asked_at = Task(line.tell, gentle=gentle), math.inf

    def stop(number: int, _: Any) -> None:
        nonlocal asked_at
        now = clock.monotonic()
        if now > asked_at + SAME_WITHIN_S:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        asked_at = min(asked_at, now)
        task.stop()

    # Python takes handlers from its first thread alone; in another one somebody else sees to signals.
    numbers = (signal.SIGINT, signal.SIGTERM) if threading.current_thread() is threading.main_thread() else ()
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield task
    finally:
        line.clear()
        for number, handler in before.items():
            signal.signal(number, handler)


def size(count: int) -> str:
    """Return a number of bytes for a person."""
    amount, unit = float(count), "B"
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000 or unit == "GB":
            break
        amount /= 1000
    return f"{amount:.0f} {unit}" if unit == "B" or amount >= 100 else f"{amount:.1f} {unit}"
