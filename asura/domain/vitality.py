"""Whether this process makes progress, or a new one would do better: what the service manager's watchdog is told."""

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

# A loop is cut off after a minute and sleeps no longer than one: what has not moved for longer never will.
STILL_S = 130.0
# A due check is begun within milliseconds while the event loop turns.
MISSED_S = 60.0
# Found results and pings that nobody takes in, though the store would take them.
UNTAKEN_S = 120.0
# So often in a row a loop was cut off in its work before it counts as one that hangs for good.
CUT_OFF = 3


class Why(Enum):
    """Why a process counts as alive or not."""

    WORKS = "works"
    STORE = "store"
    STILL = "still"
    CUT_OFF = "cut_off"
    MISSED = "missed"
    UNTAKEN = "untaken"


class Part(NamedTuple):
    """One loop: how many seconds ago it last began or ended a round, and how often in a row it was cut off in one."""

    name: str
    still_s: float
    cut_off: int = 0


class Vitals(NamedTuple):
    """What is known of a process. `store_works`: what is written is committed, and soon.

    `missed_s`: for how long a due check was not begun; `untaken_s`: for how long nothing of what waits was taken in.
    """

    parts: Sequence[Part] = ()
    missed_s: float = 0.0
    untaken_s: float = 0.0
    store_works: bool = True


class Vitality(NamedTuple):
    """Whether a process is alive, why, and a sentence about it."""

    alive: bool
    why: Why
    sentence: str


def vitality(vitals: Vitals, *, turning_s: float) -> Vitality:
    """Return whether a process is alive whose event loop has turned for `turning_s` seconds without a hold-up.

    What stood still while it was held up (stopped, or the machine asleep) has until now had no chance to move. A store
    that does not commit holds up everything that writes, and a new process would meet the same disk.
    """
    fault = _fault(vitals, turning_s)
    if fault is None:
        return Vitality(True, Why.WORKS, "works")
    if not vitals.store_works:
        return Vitality(True, Why.STORE, f"{fault.sentence}, because the database does not commit")
    return fault


def _fault(vitals: Vitals, turning_s: float) -> Vitality | None:
    missed = min(vitals.missed_s, turning_s)
    if missed > MISSED_S:
        return Vitality(False, Why.MISSED, f"no check was begun for {missed:.0f} s though one is due")
    for part in vitals.parts:
        still = min(part.still_s, turning_s)
        if still > STILL_S:
            return Vitality(False, Why.STILL, f"the loop {part.name} has not moved for {still:.0f} s")
        if part.cut_off >= CUT_OFF:
            return Vitality(False, Why.CUT_OFF, f"the loop {part.name} was cut off {part.cut_off} times in a row")
    untaken = min(vitals.untaken_s, turning_s)
    if untaken > UNTAKEN_S:
        return Vitality(False, Why.UNTAKEN, f"nothing of what was found was taken in for {untaken:.0f} s")
    return None
