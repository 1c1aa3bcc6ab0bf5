"""Fills an empty data folder with a made-up past: the same for the same instant."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from asura.clock import SystemClock
from asura.demo import cast, history, jobs, outages, past, people, pings
from asura.demo.cast import Seed
from asura.demo.history import Progress
from asura.demo.hours import Series
from asura.demo.past import Lived
from asura.domain.channel import Channel, ChannelConfig
from asura.domain.fields import Secret
from asura.domain.heartbeat import HEARTBEAT, rule_of
from asura.domain.monitor import Assertion, Monitor, MonitorConfig
from asura.domain.probe import Probe
from asura.domain.status import Status
from asura.store import channels, monitors, probes
from asura.store.db import Store

DAYS = 90
OPS = "ops@example.com"
CHANNELS = (
    ChannelConfig(
        name="Shop team",
        type="slack",
        settings={"webhook_url": Secret("https://hooks.slack.com/services/T000/B000/made-up")},
        default=True,
    ),
    ChannelConfig(name="Pager", type="ntfy", settings={"topic": "made-up-pager"}, enabled=False),
    ChannelConfig(
        name="Database people",
        type="email",
        settings={"host": "mail.example.com", "from": OPS, "to": [OPS]},
        default=False,
    ),
)
_FITTED = {"timeout": 10.0, "retry_interval": 20.0}


class Made(NamedTuple):
    """What a folder was filled with."""

    monitors: int
    results: int


class _Told(NamedTuple):
    seed: Seed
    monitor: Monitor
    runs: Sequence[jobs.Ran]


async def make(folder: Path, now: datetime, *, days: int = DAYS, progress: Progress = lambda share: None) -> Made:
    """Fill an empty data folder with the demo's past up to an instant, and return how much that was."""
    begin = now - timedelta(days=days)
    store = Store.open(folder, clock=SystemClock())
    try:
        await store.write(store.results.load)
        made = await store.write(lambda db: fill(db, store, cast.SEEDS, (begin, now), progress=progress))
    finally:
        await store.close()
    await people.act(folder, begin, now)
    return made


def fill(
    db: sqlite3.Connection,
    store: Store,
    seeds: Sequence[Seed],
    span: tuple[datetime, datetime],
    *,
    progress: Progress = lambda share: None,
) -> Made:
    """Make channels, probes and monitors, and let everything happen to them."""
    begin, now = span
    told = [_channel(db, store, config, begin) for config in CHANNELS]
    for region, name in cast.PROBES.items():
        # Its key is made when the demo starts.
        probes.insert(db, Probe(region=region, name=name, hash=None, created_by=people.VISITOR, created_at=begin))
    made = [_monitor(db, store, one, told, span) for one in seeds]
    lived = [Lived(one.seed, one.monitor, _outages(one, begin, now)) for one in made]
    series = [
        Series(one.seed, region, one.monitor.id, one.outages)
        for one in lived
        if one.seed.type != HEARTBEAT
        for region in one.seed.regions
    ]
    count = history.lay(db, store.results, series, begin, now, progress=progress)
    for one in made:
        if one.seed.type == HEARTBEAT:
            pings.call_in(db, store, (one.seed, one.monitor), one.runs, begin, now)
    past.happen(db, lived, told, begin, now)
    return Made(len(made), count)


def _outages(one: _Told, begin: datetime, now: datetime) -> list[outages.Outage]:
    return jobs.outages(one.runs) if one.seed.type == HEARTBEAT else outages.of(one.seed, begin, now)


def _channel(db: sqlite3.Connection, store: Store, config: ChannelConfig, at: datetime) -> Channel:
    return channels.insert(db, store.vault, slug=config.name.lower().replace(" ", "-"), config=config, now=at)


def _monitor(
    db: sqlite3.Connection, store: Store, one: Seed, told: Sequence[Channel], span: tuple[datetime, datetime]
) -> _Told:
    begin, now = span
    made = monitors.insert(db, store.vault, slug=one.slug, config=config(one, told, now), now=begin)
    runs = jobs.runs(one, rule_of(made.config), begin, now) if one.type == HEARTBEAT else []
    return _Told(one, made, runs)


def config(one: Seed, told: Sequence[Channel], now: datetime) -> MonitorConfig:
    """Return the configuration of a monitor in a demo that starts at an instant."""
    fields: dict[str, Any] = {**_FITTED, **one.more, **jobs.fields(one, now)}
    if fields.get("interval", 60.0) < 2 * fields["retry_interval"]:
        fields["retry_interval"] = fields["interval"] / 2
    if one.type == HEARTBEAT:
        fields["failure_threshold"] = 1
    else:
        fields["regions"] = one.regions
    fields["assertions"] = tuple(Assertion(**each) for each in fields.get("assertions", ()))
    if "db" in one.tags:
        fields["channel_ids"] = tuple(each.id for each in told if each.config.name != "Pager")
    return MonitorConfig(
        name=one.name,
        type=one.type,
        target=one.target,
        group=one.group,
        tags=one.tags,
        enabled=one.now is not Status.PAUSED,
        **fields,
    )
