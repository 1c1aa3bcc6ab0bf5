"""Makes a monitor's configuration of what somebody wrote: defaults, validation, references. Every fault at once."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from asura.domain import fields
from asura.domain.bodies import convert_fields
from asura.domain.heartbeat import BEAT_FIELDS, HEARTBEAT
from asura.domain.monitor import MonitorConfig
from asura.domain.region import REGION
from asura.domain.schedule import parse
from asura.engine.monitor_body import INTERVAL
from asura.engine.monitor_body import MonitorBody as MonitorBody
from asura.engine.monitor_body import MonitorDefaults as MonitorDefaults
from asura.engine.monitor_body import Reference as Reference
from asura.errors import Fault, Invalid
from asura.running import types

# Fields that mean nothing for a heartbeat.
CHECK_FIELDS = ("latency_threshold_ms", "upside_down")
DAILY = 86_400.0
SCHEDULED_GRACE = 900.0


class Found(msgspec.Struct, frozen=True):
    """How references are looked up: id or slug to id, None when there is no such thing."""

    monitor: Callable[[Reference], int | None]
    channel: Callable[[Reference], int | None]


def prepare_monitor(
    body: Mapping[str, Any],
    *,
    defaults: MonitorDefaults,
    found: Found,
    old: MonitorConfig | None = None,
    partial: bool = False,
) -> MonitorConfig:
    """Return the configuration that a body asks for; raises Invalid with every fault.

    `partial` keeps what `old` has where the body is silent; otherwise `old` only lends its secrets to stars.
    """
    wanted = {key: value for key, value in body.items() if key != "slug"}
    if partial and old is not None:
        wanted = {**_as_written(old, found), **wanted}
    if old is not None and isinstance(wanted.get("settings"), dict):
        wanted["settings"] = fields.keep_stars(wanted["settings"], old.settings)
    written, faults = convert_fields(wanted, MonitorBody)
    if written is None:
        raise Invalid(*faults, *_type_faults(wanted))
    config = _filled(written, defaults, found, faults)
    faults.extend(_limits(written, config))
    config, wrong = types.settle(config)
    faults.extend(wrong)
    if faults:
        raise Invalid(*faults)
    return config


def _filled(body: MonitorBody, defaults: MonitorDefaults, found: Found, faults: list[Fault]) -> MonitorConfig:
    defaults = defaults_of(body.type, defaults)
    interval = _or(body.interval, defaults.interval)
    given = {
        name: value for name in MonitorConfig.__struct_fields__ if (value := getattr(body, name)) is not msgspec.UNSET
    }
    if body.type == HEARTBEAT and body.grace is msgspec.UNSET:
        given["grace"] = _grace(body, interval)
    given.update(
        interval=interval,
        timeout=_or(body.timeout, min(defaults.timeout, interval)),
        retries=_or(body.retries, defaults.retries),
        retry_interval=_or(body.retry_interval, min(defaults.retry_interval, interval / 2)),
        failure_threshold=_or(body.failure_threshold, defaults.failure_threshold),
        success_threshold=_or(body.success_threshold, defaults.success_threshold),
        tags=tuple(dict.fromkeys(body.tags)),
        regions=tuple(dict.fromkeys(body.regions)),
        assertions=tuple(body.assertions),
        depends_on=_references(body.depends_on, found.monitor, "depends_on", faults),
        channel_ids=_references(body.channel_ids, found.channel, "channel_ids", faults),
    )
    return MonitorConfig(**given)


def defaults_of(kind: str, defaults: MonitorDefaults) -> MonitorDefaults:
    """Return what a monitor of a type gets that does not say."""
    if kind != HEARTBEAT:
        return defaults
    # A ping that is missing has had its grace: there is nothing to wait for before it is believed.
    return replace(defaults, interval=DAILY, failure_threshold=1, success_threshold=1)


def _grace(body: MonitorBody, interval: float) -> float:
    """Return a grace that fits: a tenth of the interval, at least a minute and at most an hour."""
    return SCHEDULED_GRACE if body.cron or body.on_calendar else min(3600.0, max(60.0, interval / 10))


def _beat_limits(config: MonitorConfig) -> list[Fault]:
    faults = [Fault(name, "means nothing for a heartbeat") for name in CHECK_FIELDS if getattr(config, name)]
    schedule, wrong = parse(config.cron, config.on_calendar, config.timezone)
    if config.start_deadline is not None and schedule is None and not wrong:
        faults.append(Fault("start_deadline", "needs a schedule: cron or on_calendar"))
    return faults + wrong


def _limits(body: MonitorBody, config: MonitorConfig) -> list[Fault]:
    faults = []
    if config.type == HEARTBEAT:
        faults += _beat_limits(config)
    else:
        strange = (name for name in BEAT_FIELDS if getattr(body, name) is not msgspec.UNSET)
        faults += [Fault(name, "belongs to monitors of the type heartbeat") for name in strange]
        if config.interval > INTERVAL[1]:
            faults.append(Fault("interval", f"must be at most {INTERVAL[1]:g} for what is checked"))
    if config.timeout > config.interval:
        faults.append(Fault("timeout", f"must not be longer than the interval of {config.interval:g} s"))
    if config.consensus is not None and config.regions and config.consensus > len(config.regions):
        faults.append(Fault("consensus", f"must be at most the number of regions, {len(config.regions)}"))
    faults += [
        Fault(f"regions[{position}]", "is no name of a region: 1 to 64 letters, digits, dots, dashes and underscores")
        for position, region in enumerate(body.regions)
        if not REGION.fullmatch(region)
    ]
    if not body.name.strip():
        faults.append(Fault("name", "must not be blank"))
    if body.runbook_url and not body.runbook_url.startswith(("http://", "https://")):
        faults.append(Fault("runbook_url", "must begin with http:// or https://"))
    return faults


def _type_faults(body: Mapping[str, Any]) -> list[Fault]:
    """Return what is wrong with type, target and settings when other fields are wrong already: all is told at once."""
    name, settings, target = body.get("type"), body.get("settings", {}), body.get("target", "")
    if not isinstance(name, str) or not isinstance(settings, dict):
        return []
    return types.settings_faults(name, settings, target=target if isinstance(target, str) else "")


def _references(
    wanted: list[Reference], look_up: Callable[[Reference], int | None], path: str, faults: list[Fault]
) -> tuple[int, ...]:
    ids = []
    for position, reference in enumerate(wanted):
        number = look_up(reference)
        if number is None:
            faults.append(Fault(f"{path}[{position}]", f"there is no {reference!r}"))
        else:
            ids.append(number)
    return tuple(dict.fromkeys(ids))


def _as_written(config: MonitorConfig, found: Found) -> dict[str, Any]:
    """Return a configuration as a body; references to what was deleted since are left out, nobody asked for them."""
    silent = () if config.type == HEARTBEAT else BEAT_FIELDS
    written = {name: getattr(config, name) for name in MonitorConfig.__struct_fields__ if name not in silent}
    written["tags"], written["regions"] = list(config.tags), list(config.regions)
    written["depends_on"] = [one for one in config.depends_on if found.monitor(one) is not None]
    written["channel_ids"] = [one for one in config.channel_ids if found.channel(one) is not None]
    written["assertions"] = [msgspec.to_builtins(one) for one in config.assertions]
    return written


def _or(value: Any, default: Any) -> Any:
    return default if value is msgspec.UNSET else value
