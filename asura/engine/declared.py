"""Keeps monitors and channels in step with the configuration file: matched by slug, all or nothing."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from asura import log
from asura.domain.monitor import MonitorConfig
from asura.engine.prepare import Found, Reference, prepare_monitor
from asura.errors import Fault, Invalid

if TYPE_CHECKING:
    from asura.engine.engine import Engine

FILE = "file"
# Stands for the id of an object that the same file declares.
TO_BE_MADE = 0


class Item(msgspec.Struct, frozen=True):
    """One monitor or channel as the file has it."""

    kind: str
    slug: str
    body: dict[str, Any]

    @property
    def path(self) -> str:
        """Return what faults of this item begin with: `monitors.shop`."""
        return f"{self.kind}.{self.slug}"


class Applied(msgspec.Struct):
    """What a reconciliation did, by slug."""

    created: list[str]
    changed: list[str]
    archived: list[str]
    # How many stay of a list that became empty, by its name.
    held: dict[str, int]


async def reconcile(
    engine: "Engine",
    monitors: Sequence[Item],
    channels: Sequence[Item],
    *,
    prune: bool = False,
) -> Applied:
    """Make the stored objects follow the file. Raises Invalid with every fault, and then nothing has changed.

    1. Validate everything, references between declared objects included.
    2. Channels, then monitors without their dependencies, then the dependencies.
    3. Archive what the file no longer names. A list that became empty is taken for a mistake unless `prune` is set:
       then what came from it stays.
    """
    configs = _validated(engine, monitors, channels)
    kept_channels = {one.slug for one in engine.live.channels.values() if one.managed_by == FILE}
    kept_monitors = {one.monitor.slug for one in engine.live.states() if one.monitor.managed_by == FILE}
    named = {"monitors": {one.slug for one in monitors}, "channels": {one.slug for one in channels}}
    applied = Applied([], [], [], {})
    for kind, kept in (("monitors", kept_monitors), ("channels", kept_channels)):
        if kept and not named[kind] and not prune:
            applied.held[kind], named[kind] = len(kept), kept
    for item in channels:
        await _keep_channel(engine, item, applied)
    fresh = [one for one in monitors if one.path in configs and engine.live.find(one.slug) is None]
    await engine.monitors.create_all([(one.slug, configs[one.path]) for one in fresh], managed_by=FILE)
    applied.created.extend(one.slug for one in fresh)
    made = {one.path for one in fresh}
    for item in monitors:
        if item.path not in made:
            await _keep_monitor(engine, item, applied, config=configs.get(item.path))
    for item in monitors:
        if item.body.get("depends_on"):
            await _keep_monitor(engine, item, applied, with_dependencies=True)
    await _put_away(engine, applied, named["monitors"], named["channels"])
    return applied


def _validated(engine: "Engine", monitors: Sequence[Item], channels: Sequence[Item]) -> dict[str, MonitorConfig]:
    """Return the configurations of monitors by path, those left out that refer to what is yet to be made."""
    faults: list[Fault] = []
    configs: dict[str, MonitorConfig] = {}
    for item in channels:
        try:
            engine.channels.prepare(item.body)
        except Invalid as invalid:
            faults.extend(Fault(f"{item.path}.{fault.path}", fault.message) for fault in invalid.faults)
    found = _also(engine, {item.slug for item in monitors}, {item.slug for item in channels})
    for item in monitors:
        try:
            config = prepare_monitor(item.body, defaults=engine.defaults, found=found)
            log.know_in(config.settings)
            if not config.depends_on and TO_BE_MADE not in config.channel_ids:
                configs[item.path] = config
        except Invalid as invalid:
            faults.extend(Fault(f"{item.path}.{fault.path}", fault.message) for fault in invalid.faults)
    if faults:
        raise Invalid(*faults)
    return configs


def _also(engine: "Engine", monitors: set[str], channels: set[str]) -> Found:
    def monitor(reference: Reference) -> int | None:
        return TO_BE_MADE if reference in monitors else engine.found.monitor(reference)

    def channel(reference: Reference) -> int | None:
        return TO_BE_MADE if reference in channels else engine.found.channel(reference)

    return Found(monitor, channel)


async def _keep_channel(engine: "Engine", item: Item, applied: Applied) -> None:
    old = engine.channels.find(item.slug)
    config = engine.channels.prepare(item.body)
    if old is None:
        await engine.channels.create(config, slug=item.slug, managed_by=FILE)
        applied.created.append(item.slug)
    elif old.config != config or old.managed_by != FILE:
        await engine.channels.replace(old.id, config, by_file=True)
        applied.changed.append(item.slug)


async def _keep_monitor(
    engine: "Engine",
    item: Item,
    applied: Applied,
    *,
    config: MonitorConfig | None = None,
    with_dependencies: bool = False,
) -> None:
    if config is None:
        config = engine.monitors.prepare(item.body if with_dependencies else {**item.body, "depends_on": []})
    view = engine.live.find(item.slug)
    if view is None:
        await engine.monitors.create(config, slug=item.slug, managed_by=FILE)
        applied.created.append(item.slug)
        return
    if not with_dependencies:
        kept = view.monitor.config.depends_on if item.body.get("depends_on") else ()
        config = msgspec.structs.replace(config, depends_on=kept)
    if view.monitor.config != config or view.monitor.managed_by != FILE:
        await engine.monitors.replace(view.monitor.id, config, by_file=True)
        # The second round of one that was just created, or changed, is no news.
        if item.slug not in (*applied.created, *applied.changed):
            applied.changed.append(item.slug)


async def _put_away(engine: "Engine", applied: Applied, monitors: set[str], channels: set[str]) -> None:
    for state in list(engine.live.states()):
        if state.monitor.managed_by == FILE and state.monitor.slug not in monitors:
            await engine.monitors.archive(state.monitor.id)
            applied.archived.append(state.monitor.slug)
    for channel in list(engine.live.channels.values()):
        if channel.managed_by == FILE and channel.slug not in channels:
            await engine.channels.delete(channel.id, by_file=True)
            applied.archived.append(channel.slug)
