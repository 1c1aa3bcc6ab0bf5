"""What goes wrong while one looks: the same after so many seconds of each demo."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple


class Mood(Enum):
    """How a service is."""

    WELL = "well"
    FAILING = "failing"  # answers an error of its protocol
    SLOW = "slow"
    REFUSING = "refusing"
    SILENT = "silent"


class Spell(NamedTuple):
    """A stretch of trouble that comes back: it begins `first_s` after the start, and again `every_s` later."""

    mood: Mood
    first_s: float
    lasts_s: float
    every_s: float

    def covers(self, seconds: float) -> bool:
        """Return whether it goes on so many seconds after the start."""
        return seconds >= self.first_s and (seconds - self.first_s) % self.every_s < self.lasts_s


_HOUR = 3600.0
# What is wrong at the start, and stays so long enough to be looked at.
STANDING: Mapping[str, Spell] = MappingProxyType(
    {
        "checkout-api": Spell(Mood.FAILING, -300, 300 + 25 * 60, 2 * _HOUR),
        "search": Spell(Mood.SLOW, -3000, 3000 + 40 * 60, 3 * _HOUR),
    }
)
# Then one thing after the other: something begins or ends every minute and a half.
_TURN, _LASTS, _FIRST = 180.0, 95.0, 35.0
_TURNS = (
    ("blog", Mood.FAILING),
    ("mail-relay", Mood.REFUSING),
    ("queue-worker", Mood.FAILING),
    ("newsletter", Mood.SLOW),
    ("card-payments", Mood.FAILING),
    ("shop-address", Mood.FAILING),
    ("vpn-gateway", Mood.SILENT),
)
PASSING: Mapping[str, Spell] = MappingProxyType(
    {
        slug: Spell(mood, _FIRST + number * _TURN, _LASTS, len(_TURNS) * _TURN)
        for number, (slug, mood) in enumerate(_TURNS)
    }
)


class Script:
    """Tells how each service is at an instant. `still`: nothing changes any more after the start."""

    def __init__(self, began_at: datetime, *, still: bool = False) -> None:
        self.began_at = began_at
        self.still = still

    def mood(self, slug: str, at: datetime) -> Mood:
        """Return how a service is."""
        seconds = 0.0 if self.still else (at - self.began_at) / timedelta(seconds=1)
        spell = STANDING.get(slug) or PASSING.get(slug)
        return spell.mood if spell is not None and spell.covers(seconds) else Mood.WELL
