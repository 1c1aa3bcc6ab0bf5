"""The planned work that a page announces, is under, or was under of late."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from asura.domain import maintenance
from asura.domain.maintenance import Occurrence, Window
from asura.domain.page import Page

if TYPE_CHECKING:
    from asura.engine.maintenance_desk import MaintenanceDesk

# What comes every hour shall not fill the page.
MOST_TO_COME, MOST_OVER = 5, 30
_FRESH = timedelta(minutes=1)


class Planned(NamedTuple):
    """A time of a window, how many more are announced after it, and when the last of those begins."""

    window: Window
    when: Occurrence
    more: int = 0
    more_until: datetime | None = None


class PlannedWork:
    """Keeps for a minute when windows are open: rules that recur take their time to be followed."""

    def __init__(self) -> None:
        self._version = -1
        self._known: dict[tuple[int, int], tuple[datetime, list[Occurrence]]] = {}

    def of_page(self, desk: "MaintenanceDesk", page: Page, now: datetime) -> list[Planned]:
        """Return the public occurrences around an instant, by their beginning; which concern the page is for others."""
        if desk.version != self._version:
            self._version, self._known = desk.version, {}
        past_days = page.config.show.past_incidents_days
        windows = [one for one in desk.list() if one.config.public]
        found = [
            one
            for window in windows
            for one in self._around(window, past_days, now)
            # What is over and was about nothing here is not of this page, whatever came to stand on it since.
            if one.when.ends_at > now or desk.concerned(page.id, window, one.when)
        ]
        return sorted(found, key=lambda one: (one.when, one.window.id))

    def _around(self, window: Window, past_days: int, now: datetime) -> list[Planned]:
        key = window.id, past_days
        known = self._known.get(key)
        if known is None or not known[0] <= now < known[0] + _FRESH:
            announced = timedelta(seconds=window.config.announce_s)
            made = maintenance.public_occurrences(window, now - timedelta(days=past_days), now + announced + _FRESH)
            known = self._known[key] = (now, made)
        return _few(known[1], window, now)


def _few(occurrences: Iterable[Occurrence], window: Window, now: datetime) -> list[Planned]:
    """Return what is open, the next few that are announced, and the last few that are over."""
    announced = now + timedelta(seconds=window.config.announce_s)
    over, here, to_come = [], [], []
    for one in occurrences:
        if one.ends_at <= now:
            over.append(one)
        elif one.starts_at <= now:
            here.append(one)
        elif one.starts_at <= announced:
            to_come.append(one)
    found = [Planned(window, one) for one in (*over[-MOST_OVER:], *here)]
    for place, one in enumerate(to_come[:MOST_TO_COME], 1):
        more = len(to_come) - place
        found.append(Planned(window, one, more, to_come[-1].starts_at if more else None))
    return found
