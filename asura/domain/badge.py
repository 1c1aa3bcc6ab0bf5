"""What a badge says of a monitor, and in which colour."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from math import floor

import msgspec

from asura.domain.status import BAD, Status, shown

# Thresholds of the colours; docs/badges.md tells them.
UPTIME_GREEN, UPTIME_YELLOW = 0.999, 0.99
FAST_MS, SLOW_MS = 500.0, 2_000.0
CERTIFICATE_GREEN, CERTIFICATE_YELLOW = 14.0, 3.0
_DAY, _HOUR, _MINUTE = 86_400, 3_600, 60


class Tone(StrEnum):
    """The four colours of badges, by what they mean."""

    UP = "#4c1"
    WARN = "#dfb317"
    DOWN = "#e05d44"
    UNKNOWN = "#9f9f9f"


_TONES = {
    Status.UP: Tone.UP,
    Status.DEGRADED: Tone.WARN,
    Status.LATE: Tone.WARN,
    Status.DOWN: Tone.DOWN,
    Status.UNREACHABLE: Tone.DOWN,
}


class Badge(msgspec.Struct, frozen=True):
    """Two texts and a colour."""

    label: str
    message: str
    tone: Tone


def of_status(name: str, status: Status) -> Badge:
    """Return the badge of a state; what is not known, paused or in maintenance is grey."""
    return Badge(name, status.value, _TONES.get(status, Tone.UNKNOWN))


def of_many(name: str, states: Iterable[Status]) -> Badge:
    """Return the badge of several monitors: the worst of them, and how many are not well."""
    found = list(states)
    bad = sum(status in BAD for status in found)
    if bad:
        return Badge(name, f"{bad} of {len(found)} down" if len(found) > 1 else "down", Tone.DOWN)
    known = [status for status in found if status in _TONES]
    return of_status(name, shown(known) if known else shown(found))


def of_uptime(ratio: float | None, days: int) -> Badge:
    """Return the badge of an uptime: cut, never rounded up to what was not reached."""
    label = f"uptime {days}d"
    if ratio is None:
        return Badge(label, "no data", Tone.UNKNOWN)
    # Floats of 99.9 % end in 98999…: a tiny step up before the cut.
    percent = floor(ratio * 10_000 + 1e-6) / 100
    tone = Tone.UP if ratio >= UPTIME_GREEN else Tone.WARN if ratio >= UPTIME_YELLOW else Tone.DOWN
    return Badge(label, f"{percent:g}%" if ratio >= 1 else f"{min(percent, 99.99):.2f}%", tone)


def of_response(milliseconds: float | None) -> Badge:
    """Return the badge of an average latency."""
    if milliseconds is None:
        return Badge("response", "no data", Tone.UNKNOWN)
    tone = Tone.UP if milliseconds < FAST_MS else Tone.WARN if milliseconds < SLOW_MS else Tone.DOWN
    text = f"{milliseconds:.0f} ms" if milliseconds < 1_000 else f"{milliseconds / 1_000:.1f} s"
    return Badge("response", "< 1 ms" if milliseconds < 1 else text, tone)


def of_certificate(days: float | None) -> Badge:
    """Return the badge of a certificate by the days that it is still valid."""
    if days is None:
        return Badge("certificate", "no data", Tone.UNKNOWN)
    if days < 0:
        return Badge("certificate", "expired", Tone.DOWN)
    tone = Tone.UP if days >= CERTIFICATE_GREEN else Tone.WARN if days >= CERTIFICATE_YELLOW else Tone.DOWN
    whole = floor(days)
    return Badge("certificate", "1 day" if whole == 1 else f"{whole} days", tone)


def of_run(last_at: datetime | None, status: Status, now: datetime) -> Badge:
    """Return the badge of a job: how long ago it last ended, and whether it is well."""
    tone = _TONES.get(status, Tone.UNKNOWN)
    if last_at is None:
        return Badge("last run", "never", tone)
    ago = _ago((now - last_at).total_seconds())
    return Badge("last run", f"failed, {ago}" if status in BAD else ago, tone)


def _ago(seconds: float) -> str:
    for size, unit in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit} ago"
    return "just now"
