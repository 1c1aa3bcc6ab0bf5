"""Whether this process ran smoothly between two looks at the clocks, or stalled, slept, or had its clock set."""

import msgspec

from asura.domain.reason import Reason

# A look that comes later than this was held up: checks with tight time-outs may have failed because of us.
STALL_S = 1.0
SLEEP_S = 2.0
JUMP_S = 2.0


class Reading(msgspec.Struct, frozen=True):
    """The three clocks at one look, in seconds: the wall's, the monotonic one, and the one that runs in sleep."""

    wall: float
    monotonic: float
    boottime: float


class Irregularity(msgspec.Struct, frozen=True):
    """What went wrong between two looks, for how many seconds, in words."""

    reason: Reason
    seconds: float
    message: str


def audit(before: Reading, after: Reading, *, expected_s: float) -> Irregularity | None:
    """Return what happened between two readings that should lie `expected_s` seconds apart; None when all is well."""
    ran = after.monotonic - before.monotonic
    slept = (after.boottime - before.boottime) - ran
    jumped = (after.wall - before.wall) - ran - max(slept, 0.0)
    if slept > SLEEP_S:
        return Irregularity(Reason.OWN_SUSPENDED, slept, f"The machine was asleep for {slept:.0f} s.")
    if ran - expected_s > STALL_S:
        late = ran - expected_s
        return Irregularity(Reason.OWN_STALL, late, f"This process was held up for {late:.1f} s.")
    if abs(jumped) > JUMP_S:
        way = "forward" if jumped > 0 else "back"
        return Irregularity(Reason.OWN_CLOCK, abs(jumped), f"The clock was set {way} by {abs(jumped):.0f} s.")
    return None
