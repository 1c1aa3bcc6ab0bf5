"""`asura doctor` looks at the clock: whether something keeps it right, and how far others say it is off."""

import ctypes
import os
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime

import msgspec

from asura.cli.doctor_finding import Finding, ok, problem, warn

UNSYNCHRONISED = 0x40
# From here on codes of second factors are refused, and certificates may be.
FAR_S, OFF_S = 30.0, 2.5


class Clocks(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the kernel says that its clock is kept right (None: it does not tell), and what others say of it."""

    synchronised: bool | None
    # Who told the time, and by how many seconds we are ahead of it.
    skews: tuple[tuple[str, float], ...] = ()


class _Timex(ctypes.Structure):
    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_char * 256),
    )


def synchronised() -> bool | None:
    """Return whether the kernel's clock is kept right by NTP; None where the kernel does not tell."""
    state = _Timex()
    try:
        told = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(state))
    except (OSError, AttributeError):
        return None
    # Containers are often not let ask.
    return None if told < 0 else not state.status & UNSYNCHRONISED


def skew_s(date: str, *, sent: datetime, received: datetime) -> float | None:
    """Return by how many seconds we are ahead of a clock that told a whole second between two instants of ours."""
    try:
        told = parsedate_to_datetime(date)
        middle = sent + (received - sent) / 2
        return (middle - told).total_seconds() - 0.5
    except (ValueError, TypeError):
        return None


def judge(seen: Clocks) -> Iterator[Finding]:
    """Yield what is to be said about the clock."""
    keeper = "timedatectl set-ntp true" if os.path.exists("/usr/bin/timedatectl") else "apt-get install chrony"
    if seen.synchronised is None:
        yield ok("clock", "whether it is kept right cannot be seen from here; the machine below has to")
    elif seen.synchronised:
        yield ok("clock", "kept right (NTP)")
    else:
        yield warn("clock", "nothing keeps it right: it will be off by seconds within weeks", keeper)
    for who, ahead in seen.skews:
        words = f"{abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} {who}"
        if abs(ahead) > FAR_S:
            yield problem("clock", f"{words}: certificates and codes of second factors will be refused", keeper)
        elif abs(ahead) > OFF_S:
            yield warn("clock", words, keeper)
        else:
            yield ok("clock", f"agrees with {who}")
