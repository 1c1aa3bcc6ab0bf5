"""Planned work as a calendar (RFC 5545): by its rule where a calendar understands the same by it, else each time."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from asura.domain import maintenance, markup, rule_grammar
from asura.domain.component import components_of
from asura.domain.concern import Concern, Standing
from asura.domain.maintenance import Occurrence, Window
from asura.domain.monitor import Monitor
from asura.domain.page import ComponentConfig, Page
from asura.web.status.feeds import clean
from asura.web.status.showing import Showing
from asura.web.status.writing import Writing

if TYPE_CHECKING:
    from icalendar import Calendar, Event

MEDIA_TYPE = "text/calendar"
ZONE_YEARS = 10
AHEAD, BACK = timedelta(days=366), timedelta(days=92)
# So many times of one window are told one by one, and so many of a rule may differ from it.
MOST_TIMES, MOST_DIFFERENT = 500, 50
# What comes more often is not compared with what a calendar would make of its rule, which takes long.
MOST_A_WEEK = 24
_SECOND = timedelta(seconds=1)


class Planned(NamedTuple):
    """A window with the components that it is about."""

    window: Window
    component_ids: frozenset[int]


class Rule(NamedTuple):
    """What a calendar is told of a window that comes again and again."""

    first: datetime
    parts: dict[str, Any]
    skipped: list[datetime]
    different: list[Occurrence]


def planned(
    page: Page,
    windows: Iterable[Window],
    monitors: Sequence[Monitor],
    now: datetime,
    concerned: Callable[[Window, Occurrence], bool],
) -> tuple[Planned, ...]:
    """Return the windows that a page may tell of: public ones about something on it, once they are announced.

    One that came once and is over has to have been about something there at the time.
    """
    concern, found = Concern(_standing(page, monitors)), []
    for window in windows:
        if not window.config.public or not _is_announced(window, now) or _is_past(window, now):
            continue
        about = concern.of(window.config)
        if about and not _was_elsewhere(window, now, concerned):
            found.append(Planned(window, frozenset(about)))
    return tuple(found)


def _standing(page: Page, monitors: Sequence[Monitor]) -> Iterable[Standing]:
    """Yield each component of a page with each monitor that it stands for."""
    by_name: dict[tuple[str, int | str | None], list[int]] = {}
    for one in components_of(page.config, monitors):
        by_name.setdefault(_stands_for(one), []).append(one.id)
    for monitor in monitors:
        own = monitor.config
        for name in ("id", monitor.id), ("group", own.group), *(("tag", tag) for tag in own.tags):
            for component_id in by_name.get(name, ()):
                yield component_id, monitor.id, own


def _stands_for(component: ComponentConfig) -> tuple[str, int | str | None]:
    if component.monitor_id is not None:
        return "id", component.monitor_id
    if component.monitor_group is not None:
        return "group", component.monitor_group
    return "tag", component.tag


def _is_past(window: Window, now: datetime) -> bool:
    """Return whether a window ended before everything that a calendar tells."""
    ends_at = window.config.ends_at
    return ends_at is not None and ends_at <= _day(now) - BACK


def _was_elsewhere(window: Window, now: datetime, concerned: Callable[[Window, Occurrence], bool]) -> bool:
    """Return whether a window that came once is over and was about nothing on the page."""
    if _comes_again(window):
        return False
    times = maintenance.public_occurrences(window, _day(now) - BACK, now)
    return any(one.ends_at <= now and not concerned(window, one) for one in times)


def render(shown: Showing, windows: Sequence[Planned], now: datetime) -> bytes:
    """Return the calendar of a page; the same bytes for as long as nothing changes and no time passes out of it."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//asura//status page//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", clean(shown.board.title))
    calendar.add("x-published-ttl", "PT1H")
    today = _day(now)
    for one in windows:
        _add_window(calendar, shown, one, today)
    # Zones as far as anybody plans; calendars ask again long before.
    calendar.add_missing_timezones(date(today.year - 2, 1, 1), date(today.year + ZONE_YEARS, 1, 1))
    made: bytes = calendar.to_ical()
    return made


def _day(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def uid(window: Window) -> str:
    """Return who a window is in every calendar of the world, on whichever pages it stands."""
    return f"{uuid5(NAMESPACE_URL, f'asura maintenance {window.id} {window.created_at.isoformat()}')}"


def _is_announced(window: Window, now: datetime) -> bool:
    """Return whether pages tell of a window; one that comes again and again is meant to be planned by."""
    config = window.config
    if _comes_again(window) or config.starts_at is None:
        return True
    return now >= config.starts_at - timedelta(seconds=config.announce_s)


def _comes_again(window: Window) -> bool:
    return window.config.rrule is not None or window.config.cron is not None


def _add_window(calendar: "Calendar", shown: Showing, one: Planned, today: datetime) -> None:
    window = one.window
    rule = _rule(window, today)
    if rule is not None:
        _add_rule(calendar, shown, one, rule)
        return
    for time in maintenance.public_occurrences(window, today - BACK, today + AHEAD)[:MOST_TIMES]:
        name = uid(window)
        if _comes_again(window):
            name = f"{name}-{int(time.starts_at.timestamp())}"
        calendar.add_component(_event(shown, one, name, time.starts_at, time.ends_at))


def _add_rule(calendar: "Calendar", shown: Showing, one: Planned, rule: Rule) -> None:
    zone = _zone(one.window)
    name, length = uid(one.window), timedelta(seconds=one.window.config.duration_s or 0)
    first = rule.first.astimezone(zone)
    event = _event(shown, one, name, first, (rule.first + length).astimezone(zone))
    event.add("rrule", rule.parts)
    for start in rule.skipped:
        event.add("exdate", start.astimezone(zone))
    calendar.add_component(event)
    for time in rule.different:
        part = _event(shown, one, name, time.starts_at.astimezone(zone), time.ends_at.astimezone(zone))
        part.add("recurrence-id", time.starts_at.astimezone(zone))
        calendar.add_component(part)


def _event(shown: Showing, one: Planned, name: str, starts_at: datetime, ends_at: datetime) -> "Event":
    from icalendar import Event

    window = one.window
    event = Event()
    event.add("uid", name)
    event.add("dtstamp", window.updated_at.astimezone(UTC))
    event.add("created", window.created_at.astimezone(UTC))
    event.add("last-modified", window.updated_at.astimezone(UTC))
    # Grows with each change, as it must; seconds, because nobody counts the changes.
    event.add("sequence", max(0, int((window.updated_at - window.created_at).total_seconds())))
    event.add("dtstart", starts_at)
    event.add("dtend", ends_at)
    event.add("summary", clean(window.config.name))
    description = _description(shown, one)
    if description:
        event.add("description", description)
    event.add("url", shown.url)
    event.add("status", "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    return event


def _description(shown: Showing, one: Planned) -> str:
    writing = Writing(shown.language, shown.board.timezone, shown.board.as_of)
    names = [part.name for part in shown.board.components if part.id in one.component_ids]
    affected = writing("affects", names=writing.names(names, most=len(names))) if names else ""
    return clean("\n\n".join(part for part in (markup.plain(one.window.config.description), affected) if part))


@lru_cache(maxsize=64)
def _rule(window: Window, today: datetime) -> Rule | None:
    """Return a window as a rule, if a calendar that follows it comes to the same times; else None."""
    config = window.config
    if config.rrule is None or config.duration_s is None:
        return None
    parts, _ = rule_grammar.parts_of(config.rrule)
    first = next(iter(maintenance.public_occurrences(window, window.created_at, window.created_at + AHEAD)), None)
    if "COUNT" in parts or first is None or len(_week(window, first.starts_at)) > MOST_A_WEEK:
        return None
    from_at, to_at = max(first.starts_at, today - BACK), today + AHEAD
    known = {one.starts_at: one for one in maintenance.public_occurrences(window, from_at, to_at)}
    told = _told(parts, window)
    # A clock change may have moved the first one: then the rule does not come back to the others.
    followed = _followed(told, first.starts_at, window, from_at, to_at)
    if not known.keys() <= followed:
        return None
    length = timedelta(seconds=config.duration_s)
    skipped = sorted(followed - known.keys())
    different = [one for one in known.values() if one.ends_at - one.starts_at != length]
    longer = any(one.ends_at - one.starts_at > length for one in different)
    if longer or len(skipped) + len(different) > MOST_DIFFERENT:
        return None
    return Rule(first.starts_at, _parts(told), skipped, different)


def _week(window: Window, start: datetime) -> list[Occurrence]:
    return maintenance.occurrences(window, start, start + timedelta(days=7))


def _told(parts: dict[str, str], window: Window) -> str:
    """Return a rule with its end as calendars want it: an instant in UTC, and no later than that of its window."""
    zone, ends_at = _zone(window), window.config.ends_at
    until = rule_grammar.until_of(parts, window.config.timezone)
    ends = [until.replace(tzinfo=zone).astimezone(UTC)] if until is not None else []
    ends += [ends_at.astimezone(UTC) - _SECOND] if ends_at is not None else []
    return _joined(parts) + (f";UNTIL={min(ends):%Y%m%dT%H%M%SZ}" if ends else "")


def _followed(told: str, first: datetime, window: Window, from_at: datetime, to_at: datetime) -> set[datetime]:
    """Return when a calendar says that a rule comes between two instants, which begins at the first of them."""
    from dateutil.rrule import rrulestr

    zone = _zone(window)
    parts, _ = rule_grammar.parts_of(told)
    until = rule_grammar.until_of(parts, window.config.timezone)
    last = to_at.astimezone(zone).replace(tzinfo=None)
    begins = first.astimezone(zone).replace(tzinfo=None)
    walls = rrulestr(_joined(parts), dtstart=begins).between(begins, min(last, until or last), inc=True)
    found = {wall.replace(tzinfo=zone).astimezone(UTC) for wall in walls}
    return {at for at in found if from_at <= at < to_at}


def _joined(parts: dict[str, str]) -> str:
    return ";".join(f"{name}={value}" for name, value in parts.items() if name != "UNTIL")


def _parts(text: str) -> dict[str, Any]:
    from icalendar import vRecur

    return dict(vRecur.from_ical(text))


def _zone(window: Window) -> Any:
    return UTC if window.config.timezone == "UTC" else ZoneInfo(window.config.timezone)
