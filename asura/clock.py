"""The one place that looks at a clock."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

_EPOCH, _MILLISECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)


class Clock(Protocol):
    """What loops ask for the time; tests give one that they turn by hand."""

    def now(self) -> datetime:
        """Return the wall clock's instant, in UTC: for calendars and display."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never jump: for intervals and time-outs."""
        ...

    def boottime(self) -> float:
        """Return monotonic seconds that also run while the machine sleeps."""
        ...


class SystemClock:
    """The machine's clocks."""

    def now(self) -> datetime:
        """Return the present instant in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return the seconds of the monotonic clock."""
        return time.monotonic()

    def boottime(self) -> float:
        """Return seconds since boot, sleep included; where the system has no such clock, the monotonic one."""
        clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
        return time.clock_gettime(clock)


def at_ms(instant: datetime) -> int:
    """Return the whole milliseconds since the epoch, as the store keeps an instant: what is now is never to come."""
    return (instant - _EPOCH) // _MILLISECOND


def kept(instant: datetime) -> datetime:
    """Return an instant as the store gives it back: whole milliseconds."""
    return from_ms(at_ms(instant))


def from_ms(milliseconds: int) -> datetime:
    """Return the instant that `at_ms` made a number of."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
