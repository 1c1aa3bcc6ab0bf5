"""When a check is due: a grid per monitor that restarts and clock changes do not move, and pauses between retries."""

from datetime import datetime

# Successive multiples of the golden ratio's fraction are spread evenly, however many there are.
_GOLDEN = 0.6180339887498949
RETRY_JITTER = 0.1
# A check that was missed while nothing ran is made up for within this many seconds of the start.
CATCH_UP_S = 60.0


def phase(monitor_id: int, interval: float) -> float:
    """Return where in its interval a monitor is due, in seconds: 0 <= phase < interval."""
    return (monitor_id * _GOLDEN) % 1.0 * interval


def next_due(monitor_id: int, interval: float, after: float) -> float:
    """Return the first instant of the monitor's grid later than `after`, both in seconds since the epoch."""
    offset = phase(monitor_id, interval)
    turns = (after - offset) // interval + 1
    due = turns * interval + offset
    return due if due > after else due + interval


def first_due(monitor_id: int, interval: float, now: float, last_at: float | None) -> float:
    """Return when a monitor is first due after a start, in seconds since the epoch.

    Normally its next place in the grid; when a check was missed meanwhile, soon, and spread like the others.
    """
    regular = next_due(monitor_id, interval, now)
    if last_at is None or last_at + interval >= now:
        return regular
    # The make-up turn has a grid too, so that a process that keeps crashing comes to it in the end.
    return min(regular, next_due(monitor_id, min(interval, CATCH_UP_S), now))


def retry_delay(retry_interval: float, attempt: int, chance: float) -> float:
    """Return the seconds to wait before retry `attempt` (0 is the first); `chance` is a random number in 0..1."""
    spread: float = 1 + RETRY_JITTER * (2 * chance - 1)
    return retry_interval * 2.0 ** min(attempt, 16) * spread


def due_inside(monitor_id: int, interval: float, from_at: datetime, to_at: datetime) -> bool:
    """Return whether the monitor had a check due in [from_at, to_at]."""
    start = from_at.timestamp()
    return next_due(monitor_id, interval, start - 1e-6) <= to_at.timestamp()
