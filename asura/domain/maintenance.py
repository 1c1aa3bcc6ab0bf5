"""Planned work: when a window is open, and when that changes next."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from asura.domain.fault import Fault
from asura.domain.monitor import MonitorConfig
from asura.domain.recurrence import ANCHOR, HORIZON, Rule, cron_fault, instants, rrule_faults
from asura.domain.schedule import is_zone

# The tag that every monitor has.
EVERYTHING = "*"
LONGEST_NAME, LONGEST_TEXT, MOST_CHOSEN = 200, 20_000, 1_000
SHORTEST_S, LONGEST_S = 60.0, 30 * 86_400.0
LONGEST_ONCE = timedelta(days=366)
LONGEST_ANNOUNCEMENT_S = 90 * 86_400.0
# So many times more are looked at to find where those that are joined begin and end.
MOST_JOINED = 500
_MOMENT = timedelta(microseconds=1)
_FIRST_LOOK = timedelta(days=2)
_BEGINNING, _END = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class WindowConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about a window that a person decides: once (`starts_at`, `ends_at`), or again and again.

    Again and again is `cron` or `rrule` (RFC 5545) in `timezone`, each time for `duration_s`; `starts_at` is then from
    when on, `ends_at` until when. It covers monitors by id, tag or group. `description` is Markdown for status pages;
    `announce_s` is how long before its beginning they tell of it.
    """

    name: str
    description: str = ""
    monitor_ids: tuple[int, ...] = ()
    tags: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    cron: str | None = None
    rrule: str | None = None
    duration_s: float | None = None
    timezone: str = "UTC"
    public: bool = True
    announce_s: float = 604_800


class Occurrence(msgspec.Struct, frozen=True, order=True):
    """One time that a window is open, in UTC: from `starts_at` up to, and not including, `ends_at`."""

    starts_at: datetime
    ends_at: datetime


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """A stored window. `ended` has the occurrences that were ended early, with the end that they had."""

    id: int = 0
    config: WindowConfig
    ended: tuple[Occurrence, ...] = ()
    created_by: str
    created_at: datetime
    updated_at: datetime


def occurrences(window: Window, from_at: datetime, to_at: datetime) -> list[Occurrence]:
    """Return each time that a window is open in [from_at, to_at), whole, in order; what meets or overlaps is one."""
    cut = {one.starts_at: one.ends_at for one in window.ended}
    found = []
    for one in _whole(window.config, from_at, to_at):
        ends_at = min(one.ends_at, cut.get(one.starts_at, one.ends_at))
        if max(one.starts_at, from_at) < min(ends_at, to_at):
            found.append(Occurrence(one.starts_at, ends_at))
    return found


def public_occurrences(window: Window, from_at: datetime, to_at: datetime) -> list[Occurrence]:
    """Return each time that a window is open in [from_at, to_at) of which others may hear.

    What was over before the window was planned never happened, whatever its rule says of that time.
    """
    return occurrences(window, max(from_at, window.created_at), to_at)


def active(window: Window, now: datetime) -> Occurrence | None:
    """Return the time for which a window is open; None while it is not."""
    found = occurrences(window, now, now + _MOMENT)
    return found[0] if found else None


def upcoming(window: Window, now: datetime) -> Occurrence | None:
    """Return the next time that a window opens after `now`; None when it never does, or not within eleven years."""
    return next(iter(coming(window, now, most=1)), None)


def coming(window: Window, now: datetime, *, most: int) -> list[Occurrence]:
    """Return the next times that a window opens after `now`, as far as they lie within eleven years."""
    if not _recurs(window.config):
        return [one for one in occurrences(window, now, _END) if one.starts_at > now][:most]
    low, length = now, _FIRST_LOOK
    # A rule says nothing before it begins, however far that is.
    start = max(now, window.config.starts_at or now)
    found: list[Occurrence] = []
    while low < start + HORIZON and len(found) < most:
        high = max(low + length, start)
        found += (one for one in occurrences(window, low, high) if one.starts_at >= low and one.starts_at > now)
        low, length = high, length * 2
    return found[:most]


def changes_at(window: Window, now: datetime) -> datetime | None:
    """Return when `active` next changes: the end of what is open, or the beginning of what is to come."""
    current = active(window, now)
    if current is not None:
        return current.ends_at
    following = upcoming(window, now)
    return following.starts_at if following is not None else None


def covers(config: WindowConfig, monitor_id: int, monitor: MonitorConfig) -> bool:
    """Return whether a window is about a monitor: by its id, a tag of it, or its group; the tag `*` is every one."""
    if monitor_id in config.monitor_ids or (monitor.group is not None and monitor.group in config.groups):
        return True
    return EVERYTHING in config.tags or not set(config.tags).isdisjoint(monitor.tags)


def faults(config: WindowConfig) -> list[Fault]:
    """Return everything that is wrong with a window."""
    found = [*_name_faults(config), *_choice_faults(config)]
    if not is_zone(config.timezone):
        found.append(
            Fault("timezone", f"there is no zone {config.timezone[:100]!r}; write one like Europe/Berlin, or UTC")
        )
    if not 0 <= config.announce_s <= LONGEST_ANNOUNCEMENT_S:
        found.append(Fault("announce_s", f"must lie between 0 and {LONGEST_ANNOUNCEMENT_S:g}"))
    found += [*_instant_faults(config)]
    if not found:
        found += _rule_faults(config) if _recurs(config) else _once_faults(config)
    return found


def _recurs(config: WindowConfig) -> bool:
    return config.cron is not None or config.rrule is not None


@lru_cache(maxsize=512)
def _rule(config: WindowConfig) -> Rule:
    begins = ANCHOR
    if config.starts_at is not None:
        # A second that is not whole would move the beginning past what comes at that very second.
        begins = config.starts_at.astimezone(ZoneInfo(config.timezone)).replace(tzinfo=None, microsecond=0, fold=0)
    return Rule(config.cron or config.rrule or "", config.timezone, config.cron is not None, begins)


def _whole(config: WindowConfig, from_at: datetime, to_at: datetime) -> list[Occurrence]:
    """Return what touches [from_at, to_at), each one with everything that it is joined to."""
    if not _recurs(config):
        return (
            [] if config.starts_at is None or config.ends_at is None else [Occurrence(config.starts_at, config.ends_at)]
        )
    length = timedelta(seconds=config.duration_s or 0)
    reach, most = max(length, _FIRST_LOOK), 0
    while True:
        low, high = from_at - length - reach, to_at + reach
        starts = _starts(config, low, high)
        found = [one for one in _joined(config, starts, length) if one.ends_at > from_at and one.starts_at < to_at]
        # One that could be joined to something out of sight is looked at again, from farther away.
        complete = not found or (found[0].starts_at - length >= low and found[-1].ends_at < high)
        most = most or len(starts) + MOST_JOINED
        if complete or len(starts) > most:
            return found
        reach *= 2


def _starts(config: WindowConfig, from_at: datetime, to_at: datetime) -> list[datetime]:
    low, high = max(from_at, config.starts_at or from_at), min(to_at, config.ends_at or to_at)
    return instants(_rule(config), low, high) if low < high else []


def _joined(config: WindowConfig, starts: list[datetime], length: timedelta) -> list[Occurrence]:
    found: list[Occurrence] = []
    for start in starts:
        end = min(start + length, config.ends_at or _END)
        if found and start <= found[-1].ends_at:
            found[-1] = Occurrence(found[-1].starts_at, max(found[-1].ends_at, end))
        else:
            found.append(Occurrence(start, end))
    return found


def _name_faults(config: WindowConfig) -> Iterator[Fault]:
    if not config.name.strip():
        yield Fault("name", "must not be blank")
    for path, text, most in (("name", config.name, LONGEST_NAME), ("description", config.description, LONGEST_TEXT)):
        if len(text) > most:
            yield Fault(path, f"must be at most {most} characters")


def _choice_faults(config: WindowConfig) -> Iterator[Fault]:
    if not (config.monitor_ids or config.tags or config.groups):
        yield Fault("monitor_ids", "names nothing, and neither do tags nor groups; the tag * is every monitor")
    for path, chosen in (("monitor_ids", config.monitor_ids), ("tags", config.tags), ("groups", config.groups)):
        if len(chosen) > MOST_CHOSEN:
            yield Fault(path, f"must be at most {MOST_CHOSEN}")


def _instant_faults(config: WindowConfig) -> Iterator[Fault]:
    for path, at in (("starts_at", config.starts_at), ("ends_at", config.ends_at)):
        if at is not None and not _BEGINNING <= at < _END:
            yield Fault(path, f"must lie in the years {_BEGINNING.year} to {_END.year - 1}")
    if config.starts_at is not None and config.ends_at is not None and config.ends_at <= config.starts_at:
        yield Fault("ends_at", "must be later than starts_at")


def _once_faults(config: WindowConfig) -> list[Fault]:
    if config.duration_s is not None:
        if config.ends_at is not None:
            return [Fault("duration_s", "there is ends_at too: one of the two says when it ends")]
        return [Fault("duration_s", f"must be more than 0 s and at most {LONGEST_ONCE.days} days")]
    found = [
        Fault(path, "is needed: when does it begin and end, or by which cron or rrule does it come again?")
        for path in ("starts_at", "ends_at")
        if getattr(config, path) is None
    ]
    if config.starts_at is not None and config.ends_at is not None and config.ends_at - config.starts_at > LONGEST_ONCE:
        found.append(Fault("ends_at", f"must be at most {LONGEST_ONCE.days} days after starts_at"))
    return found


def _rule_faults(config: WindowConfig) -> list[Fault]:
    if config.cron is not None and config.rrule is not None:
        return [Fault("rrule", "there is cron too: one of the two says when")]
    found = []
    if config.duration_s is None:
        found.append(Fault("duration_s", "is needed: for how long does it last each time?"))
    elif not SHORTEST_S <= config.duration_s <= LONGEST_S:
        found.append(Fault("duration_s", f"must lie between {SHORTEST_S:g} and {LONGEST_S:g}"))
    if config.cron is not None:
        wrong = cron_fault(config.cron)
        found += [Fault("cron", wrong)] if wrong else []
    else:
        found += [Fault("rrule", wrong) for wrong in rrule_faults(_rule(config))]
    return found or _endless(config)


def _endless(config: WindowConfig) -> list[Fault]:
    """Return a fault when it never comes, or when each time begins before the one before it has ended."""
    some = Window(config=config, created_by="", created_at=_BEGINNING, updated_at=_BEGINNING)
    begins = (config.starts_at or ANCHOR.replace(tzinfo=UTC)) - _MOMENT
    first = upcoming(some, begins)
    if first is None:
        return [Fault("cron" if config.cron else "rrule", "never comes between starts_at and ends_at")]
    joined = len(_starts(config, first.starts_at, first.ends_at))
    if joined > MOST_JOINED // 5:
        return [Fault("duration_s", "is so long that it never ends: each time begins before the one before is over")]
    return []
