"""The states a monitor can be in, and which one is shown when several hold."""

from collections.abc import Iterable
from enum import IntEnum, StrEnum


class Status(StrEnum):
    """The state of a monitor, as it is shown and as spans record it."""

    PENDING = "pending"
    UP = "up"
    LATE = "late"
    DEGRADED = "degraded"
    DOWN = "down"
    UNREACHABLE = "unreachable"
    MAINTENANCE = "maintenance"
    PAUSED = "paused"
    UNKNOWN = "unknown"


class Finding(IntEnum):
    """What one check found. The numbers are stored; they never change their meaning."""

    UP = 0
    DEGRADED = 1
    DOWN = 2
    UNKNOWN = 3

    @property
    def status(self) -> Status:
        """Return the state that this finding speaks for."""
        return _FINDING_STATUS[self]


_FINDING_STATUS = {
    Finding.UP: Status.UP,
    Finding.DEGRADED: Status.DEGRADED,
    Finding.DOWN: Status.DOWN,
    Finding.UNKNOWN: Status.UNKNOWN,
}

PRECEDENCE = (
    Status.PAUSED,
    Status.MAINTENANCE,
    Status.UNKNOWN,
    Status.UNREACHABLE,
    Status.DOWN,
    Status.DEGRADED,
    Status.LATE,
    Status.UP,
    Status.PENDING,
)

# One letter a state for the 24 hour strip; "." is a stretch of which nothing is known.
LETTERS = {
    Status.UP: "u",
    Status.DEGRADED: "g",
    Status.DOWN: "d",
    Status.UNREACHABLE: "n",
    Status.MAINTENANCE: "m",
    Status.PAUSED: "p",
    Status.UNKNOWN: "k",
    Status.LATE: "l",
    Status.PENDING: ".",
}

GOOD = frozenset({Status.UP, Status.DEGRADED, Status.LATE})
BAD = frozenset({Status.DOWN, Status.UNREACHABLE})


def shown(states: Iterable[Status]) -> Status:
    """Return the one state to show of those that hold at once; `pending` when none does."""
    holding = set(states)
    return next((status for status in PRECEDENCE if status in holding), Status.PENDING)
