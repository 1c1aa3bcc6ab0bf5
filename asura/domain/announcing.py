"""What subscribers are told of planned work, and when: that it is to come, that it begins, that it is over."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from asura.domain import maintenance
from asura.domain.maintenance import Occurrence, Window

What = Literal["scheduled", "in_progress", "completed"]
# What began or ended longer ago is no news.
STALE = timedelta(hours=1)


class Announcement(NamedTuple):
    """One thing to tell of one time that a window is open, and since when it is so."""

    occurrence: Occurrence
    what: What
    at: datetime


def announcements(window: Window, now: datetime) -> list[Announcement]:
    """Return what holds at an instant and is news, in order; whether it was told already is for others to know.

    Of a window that opens again and again, only the next time is announced, when the one before is over.
    """
    if not window.config.public:
        return []
    return [one for one in _around(window, now) if one.at <= now and _is_news(one, now)]


def changes_at(window: Window, now: datetime) -> datetime | None:
    """Return when next there is something to tell of a window; None when there is nothing to come."""
    if not window.config.public:
        return None
    return min((one.at for one in _around(window, now) if one.at > now), default=None)


def _around(window: Window, now: datetime) -> Iterator[Announcement]:
    recent = maintenance.public_occurrences(window, now - STALE, now + timedelta(microseconds=1))
    for one in recent:
        yield Announcement(one, "in_progress", one.starts_at)
        yield Announcement(one, "completed", one.ends_at)
    following = maintenance.upcoming(window, now)
    if following is not None:
        announced = following.starts_at - timedelta(seconds=window.config.announce_s)
        # The next one is not talked of while this one is under way.
        free = max((one.ends_at for one in recent), default=announced)
        # Nor was it before somebody planned it so.
        yield Announcement(following, "scheduled", max(announced, free, window.updated_at))
        yield Announcement(following, "in_progress", following.starts_at)


def _is_news(one: Announcement, now: datetime) -> bool:
    occurrence = one.occurrence
    if one.what == "scheduled":
        return now < occurrence.starts_at
    if now - one.at > STALE:
        return False
    return one.what == "completed" or now < occurrence.ends_at
