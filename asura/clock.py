"""The one place that looks at a clock."""

import time
from datetime import UTC, datetime
from typing import Protocol


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
