"""Makes a maintenance window of what somebody wrote. Every fault at once."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from asura.domain import maintenance
from asura.domain.bodies import convert_fields
from asura.domain.fields import field
from asura.domain.maintenance import WindowConfig
from asura.domain.rule_grammar import tidy_rrule
from asura.domain.schedule import is_zone
from asura.errors import Fault, Invalid

Reference = int | str
Word = Annotated[str, Meta(min_length=1, max_length=200)]
Instant = Annotated[datetime, Meta(tz=True)]
FindMonitor = Callable[[Reference], int | None]


class WindowBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A window as people write it: once, from `starts_at` (now when missing) to `ends_at` or for `duration_s`; or
    again and again by `cron` or `rrule` in `timezone`, each time for `duration_s`, between `starts_at` and `ends_at`.
    """

    name: Annotated[str, field("Name", min_length=1, max_length=maintenance.LONGEST_NAME)]
    description: Annotated[
        str, field("Description", "Markdown; status pages show it.", max_length=maintenance.LONGEST_TEXT)
    ] = ""
    monitor_ids: Annotated[list[Reference], field("Monitors", max_length=maintenance.MOST_CHOSEN)] = []
    tags: Annotated[
        list[Word], field("Tags", "What carries one of them; * is everything.", max_length=maintenance.MOST_CHOSEN)
    ] = []
    groups: Annotated[list[Word], field("Groups", max_length=maintenance.MOST_CHOSEN)] = []
    starts_at: Annotated[Instant | None, field("Begins")] = None
    ends_at: Annotated[Instant | None, field("Ends")] = None
    cron: Annotated[Annotated[str, Meta(max_length=500)] | None, field("Cron", "Five fields.")] = None
    rrule: Annotated[Annotated[str, Meta(max_length=500)] | None, field("RRULE", "As in RFC 5545.")] = None
    duration_s: Annotated[float | None, field("Lasts", "Each time.", unit="s")] = None
    timezone: Annotated[str, field("Time zone", "In which it comes again.", max_length=100)] = "UTC"
    public: Annotated[bool, field("Public", "Status pages tell of it.")] = True
    announce_s: Annotated[float, field("Announced", "How long before it begins.", unit="s")] = 604_800


def prepare_window(
    body: Mapping[str, Any],
    now: datetime,
    *,
    monitor: FindMonitor,
    old: WindowConfig | None = None,
    partial: bool = False,
) -> WindowConfig:
    """Return the window that a body asks for; raises Invalid naming every field. `partial` keeps what `old` has."""
    wanted = {**_as_written(old, monitor), **body} if partial and old is not None else dict(body)
    made, faults = convert_fields(wanted, WindowBody)
    if made is None:
        raise Invalid(*faults)
    ids: list[int] = []
    for position, reference in enumerate(made.monitor_ids):
        found = monitor(reference)
        if found is None:
            faults.append(Fault(f"monitor_ids[{position}]", f"there is no {reference!r}"))
        else:
            ids.append(found)
    config = _settled(made, tuple(dict.fromkeys(ids)), now)
    # That nothing is chosen is no news when what was chosen is not there.
    faults += [one for one in maintenance.faults(config) if not (faults and one.path == "monitor_ids")]
    if faults:
        raise Invalid(*faults)
    return config


def _settled(made: WindowBody, monitor_ids: tuple[int, ...], now: datetime) -> WindowConfig:
    config = WindowConfig(
        name=made.name.strip(),
        description=made.description,
        monitor_ids=monitor_ids,
        tags=tuple(dict.fromkeys(made.tags)),
        groups=tuple(dict.fromkeys(made.groups)),
        starts_at=_whole(made.starts_at),
        ends_at=_whole(made.ends_at),
        cron=made.cron.strip() if made.cron is not None else None,
        rrule=tidy_rrule(made.rrule) if made.rrule is not None else None,
        duration_s=made.duration_s,
        timezone=made.timezone,
        public=made.public,
        announce_s=made.announce_s,
    )
    if config.rrule is not None:
        return replace(config, starts_at=config.starts_at or _midnight(config.timezone, now))
    return config if config.cron is not None else _once(config, now)


def _once(config: WindowConfig, now: datetime) -> WindowConfig:
    """Return a window that comes once with its beginning and its end, where enough is said of them."""
    length, ends_at = config.duration_s, config.ends_at
    if ends_at is None and length is None:
        return config
    starts_at = config.starts_at or now
    if ends_at is None and length is not None and 0 < length <= maintenance.LONGEST_ONCE.total_seconds():
        return replace(config, starts_at=starts_at, ends_at=starts_at + timedelta(seconds=length), duration_s=None)
    return replace(config, starts_at=starts_at)


def _midnight(zone: str, now: datetime) -> datetime | None:
    """Return the beginning of the day: what a rule without times counts from."""
    if not is_zone(zone):
        return None
    info = ZoneInfo(zone)
    return datetime.combine(now.astimezone(info).date(), time(), info).astimezone(UTC)


def _whole(at: datetime | None) -> datetime | None:
    """Return an instant as rules count it: in UTC, of whole seconds."""
    return None if at is None else at.astimezone(UTC).replace(microsecond=0)


def _as_written(config: WindowConfig, monitor: FindMonitor) -> dict[str, Any]:
    """Return a window as a body, without the monitors that were deleted since."""
    written = {name: getattr(config, name) for name in WindowConfig.__struct_fields__}
    lists = {name: list(written[name]) for name in ("tags", "groups")}
    return {**written, **lists, "monitor_ids": [one for one in config.monitor_ids if monitor(one) is not None]}
