"""What people do with monitors: each change is stored first, then known, then run."""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from asura import log
from asura.clock import Clock
from asura.domain import fields
from asura.domain.confirm import settled
from asura.domain.lifecycle import Replan, Subject, Withdraw, step
from asura.domain.monitor import Monitor, MonitorConfig
from asura.domain.reason import Reason
from asura.domain.result import Result
from asura.domain.span import Span
from asura.domain.status import Status
from asura.engine.draft import Switch
from asura.engine.judge import Judge
from asura.engine.ledger import Move
from asura.engine.live import DAY, Live, MonitorState, initial_reason
from asura.engine.prepare import Found, MonitorDefaults, prepare_monitor
from asura.engine.references import without_monitor
from asura.errors import Conflict, NotFound
from asura.running.plan import plan
from asura.running.runner import Runner
from asura.store import monitors, spans
from asura.store.db import Store

# Edits of these do not change what a check means: results on their way stay valid.
_COSMETIC = frozenset(
    {
        "name",
        "public",
        "description",
        "tags",
        "group",
        "reminder_interval",
        "depends_on",
        "channel_ids",
        "escalation_policy_id",
        "runbook_url",
        "failure_threshold",
        "success_threshold",
    }
)


class MonitorDesk:
    """Creates, edits, pauses and deletes monitors, and checks them on demand."""

    def __init__(
        self,
        store: Store,
        live: Live,
        judge: Judge,
        runner: Runner,
        clock: Clock,
        *,
        defaults: MonitorDefaults,
        found: Found,
    ) -> None:
        self._store = store
        self._live = live
        self._judge = judge
        self._runner = runner
        self._clock = clock
        self._defaults = defaults
        self._found = found

    def prepare(
        self, body: Mapping[str, Any], *, old: MonitorConfig | None = None, partial: bool = False
    ) -> MonitorConfig:
        """Return the configuration that a body asks for; raises Invalid naming every field."""
        config = prepare_monitor(body, defaults=self._defaults, found=self._found, old=old, partial=partial)
        log.know_in(config.settings)
        return config

    async def create(self, config: MonitorConfig, *, slug: str | None = None, managed_by: str | None = None) -> Monitor:
        """Store a new monitor and check it at once; Conflict when the slug is taken."""
        return (await self.create_all([(slug, config)], managed_by=managed_by))[0]

    async def create_all(
        self, wanted: Sequence[tuple[str | None, MonitorConfig]], *, managed_by: str | None = None
    ) -> list[Monitor]:
        """Store new monitors (slug or None, configuration), all in one commit or none, and check them at once."""
        async with self._judge.lock:
            now = self._clock.now()
            named = [(slug or self._free_slug(fields.slug_of(config.name)), config) for slug, config in wanted]

            def change(db: sqlite3.Connection) -> list[tuple[Monitor, list[Span]]]:
                return [self._insert(db, slug, config, now, managed_by=managed_by) for slug, config in named]

            stored = await self._store.write(change)
            for monitor, history in stored:
                status, reason = initial_reason(monitor)
                state = MonitorState(monitor, status=status, since=now, reason=reason)
                state.spans = history
                self._live.put(state)
                self._judge.broadcast.show(state, now)
        for monitor, _ in stored:
            self._schedule(monitor)
        return [monitor for monitor, _ in stored]

    async def replace(
        self, monitor_id: int, config: MonitorConfig, *, slug: str | None = None, by_file: bool = False
    ) -> Monitor:
        """Store an edited monitor; one whose check changed, or that was resumed, is checked at once."""
        async with self._judge.lock:
            state = self._editable(monitor_id, by_file=by_file)
            old, now = state.monitor, self._clock.now()
            changed = _changed(old.config, config)
            managed_by = "file" if by_file else None
            if not changed and slug in (None, old.slug) and old.managed_by == managed_by:
                return old
            remade = bool(changed - _COSMETIC)
            monitor = msgspec.structs.replace(
                old,
                config=config,
                slug=slug or old.slug,
                managed_by=managed_by,
                generation=old.generation + remade,
                version=old.version + 1,
                updated_at=now,
            )
            await self._store_edit(state, monitor, now)
            if remade:
                # What was in doubt about the old check says nothing about the new one.
                state.streaks = {region: settled(streak.believed) for region, streak in state.streaks.items()}
            self._judge.broadcast.show(state, now)
        if remade:
            self._schedule(monitor)
        return monitor

    async def delete(self, monitor_id: int, *, by_file: bool = False) -> None:
        """Delete a monitor with its history; an open incident of it ends without telling anybody."""
        async with self._judge.lock:
            self._editable(monitor_id, by_file=by_file)

            freed = without_monitor(self._live, monitor_id, self._clock.now())

            def change(db: sqlite3.Connection) -> None:
                self._store.results.forget(db, monitor_id)
                monitors.delete(db, monitor_id)
                for other in freed:
                    monitors.update(db, self._store.vault, other)

            await self._store.write(change)
            for other in freed:
                self._live.set_monitor(other)
            self._forget(monitor_id)

    async def archive(self, monitor_id: int) -> None:
        """Put a monitor away with its history; what the configuration file no longer names ends like this."""
        async with self._judge.lock:
            state = self._editable(monitor_id, by_file=True)
            now = self._clock.now()
            moves = self._withdraw(state, now, actor="configuration file", why="removed from the file")
            switch = Switch(monitor_id, Status.PAUSED, Reason.PAUSED.value, now)
            await self._judge.apply(moves, [switch], also=lambda db: monitors.archive(db, monitor_id, now))
            self._forget(monitor_id)

    async def pause(self, monitor_id: int) -> Monitor:
        """Stop checking; an open incident ends without telling anybody."""
        return await self._enable(monitor_id, enabled=False)

    async def resume(self, monitor_id: int) -> Monitor:
        """Check again, at once."""
        return await self._enable(monitor_id, enabled=True)

    async def clone(self, monitor_id: int, *, name: str | None = None) -> Monitor:
        """Create a monitor like another one, under a new name."""
        config = self._state(monitor_id).monitor.config
        return await self.create(msgspec.structs.replace(config, name=name or f"{config.name} (copy)"[:200]))

    async def check_now(self, monitor_id: int) -> Result:
        """Check at once and return the result, which counts like any other."""
        monitor = self._state(monitor_id).monitor
        if not monitor.config.enabled:
            raise Conflict("the monitor is paused; resume it, and it is checked at once")
        ready = plan(monitor.id, monitor.generation, monitor.config)
        result = await self._runner.run_once(ready, keep_evidence=True)
        await self._runner.hand_on(result)
        await self._judge.judge(self._clock.now())
        return result

    async def try_out(self, config: MonitorConfig) -> Result:
        """Check a configuration that is not stored, and return what was found."""
        return await self._runner.run_once(plan(0, 0, config), keep_evidence=True)

    def _insert(
        self, db: sqlite3.Connection, slug: str, config: MonitorConfig, now: datetime, *, managed_by: str | None
    ) -> tuple[Monitor, list[Span]]:
        """Store a new monitor with its first span; one that the file names again comes back with its history."""
        vault = self._store.vault
        old = monitors.find_archived(db, vault, slug) if managed_by else None
        if old is None:
            monitor = monitors.insert(db, vault, slug=slug, config=config, now=now, managed_by=managed_by)
        else:
            monitor = self._bring_back(db, old, config, now, managed_by=managed_by)
        status, reason = initial_reason(monitor)
        spans.switch(db, monitor.id, "", status, reason, now)
        if old is None:
            return monitor, [Span(monitor.id, "", status, reason, now)]
        return monitor, [one for one in spans.recent(db, now - DAY) if (one.monitor_id, one.region) == (monitor.id, "")]

    def _bring_back(
        self, db: sqlite3.Connection, old: Monitor, config: MonitorConfig, now: datetime, *, managed_by: str | None
    ) -> Monitor:
        monitors.unarchive(db, old.id, now)
        grown = {"generation": old.generation + 1, "version": old.version + 1, "updated_at": now}
        back = msgspec.structs.replace(old, config=config, managed_by=managed_by, **grown)
        monitors.update(db, self._store.vault, back)
        return back

    async def _enable(self, monitor_id: int, *, enabled: bool) -> Monitor:
        config = self._state(monitor_id).monitor.config
        if config.enabled == enabled:
            return self._state(monitor_id).monitor
        return await self.replace(monitor_id, msgspec.structs.replace(config, enabled=enabled))

    async def _store_edit(self, state: MonitorState, monitor: Monitor, now: datetime) -> None:
        moves, switches = [], []
        toggled = monitor.config.enabled != state.monitor.config.enabled
        if toggled:
            status, reason = initial_reason(monitor)
            switches.append(Switch(monitor.id, status, reason, now))
            if not monitor.config.enabled:
                moves = self._withdraw(state, now, actor="asura", why="the monitor was paused")
        elif monitor.config.reminder_interval != state.monitor.config.reminder_interval:
            moves = self._replan(state, monitor, now)

        def change(db: sqlite3.Connection) -> list[Any]:
            monitors.update(db, self._store.vault, monitor)
            for switch in switches:
                spans.switch(db, switch.monitor_id, "", switch.status, switch.reason, switch.at)
            return self._judge.record_in(db, moves, now)

        recorded = await self._store.write(change)
        self._live.set_monitor(monitor)
        for switch in switches:
            state.switch(Span(monitor.id, "", switch.status, switch.reason, now), now)
            state.status, state.reason, state.message, state.since = switch.status, switch.reason, "", now
            state.streaks = {}
        self._judge.announce(recorded)
        if not monitor.config.enabled:
            self._runner.scheduler.remove(monitor.id)

    def _replan(self, state: MonitorState, monitor: Monitor, now: datetime) -> list[Move]:
        incident = self._live.incidents.get(state.incident_id or 0)
        subject = Subject(monitor.id, monitor.config.name, monitor.config.reminder_interval)
        stepped = step(incident, Replan(), now, subject=subject)
        return [Move(stepped.incident, (), monitor, state.status.value)] if stepped.incident else []

    def _withdraw(self, state: MonitorState, now: datetime, *, actor: str, why: str) -> list[Move]:
        incident = self._live.incidents.get(state.incident_id or 0)
        subject = Subject(state.monitor.id, state.monitor.config.name)
        stepped = step(incident, Withdraw(actor, why), now, subject=subject)
        if stepped.incident is None or not stepped.effects:
            return []
        return [Move(stepped.incident, stepped.effects, state.monitor, Status.PAUSED.value)]

    def _forget(self, monitor_id: int) -> None:
        self._runner.scheduler.remove(monitor_id)
        incident_id = self._state(monitor_id).incident_id
        self._live.incidents.pop(incident_id or 0, None)
        self._live.drop(monitor_id)
        self._judge.broadcast.gone(monitor_id, incident_id)

    def _schedule(self, monitor: Monitor) -> None:
        if monitor.config.enabled:
            ready = plan(monitor.id, monitor.generation, monitor.config)
            self._runner.scheduler.add(ready, at_once=True)

    def _state(self, monitor_id: int) -> MonitorState:
        state = self._live.state(monitor_id)
        if state is None:
            raise NotFound(f"there is no monitor {monitor_id}")
        return state

    def _editable(self, monitor_id: int, *, by_file: bool) -> MonitorState:
        state = self._state(monitor_id)
        if state.monitor.managed_by is not None and not by_file:
            raise Conflict("this monitor is managed by the configuration file; change it there")
        return state

    def _free_slug(self, wanted: str) -> str:
        slug, number = wanted, 2
        while self._live.find(slug) is not None:
            slug, number = f"{wanted}-{number}", number + 1
        return slug


def _changed(old: MonitorConfig, new: MonitorConfig) -> set[str]:
    return {name for name in MonitorConfig.__struct_fields__ if getattr(old, name) != getattr(new, name)}
