"""What people do with monitors: each change is stored first, then known, then run."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any

import msgspec

from asura import log
from asura.clock import Clock
from asura.domain import fields
from asura.domain.heartbeat import HEARTBEAT
from asura.domain.lifecycle import Replan, Subject, Withdraw, step
from asura.domain.monitor import Monitor, MonitorConfig
from asura.domain.reason import Reason
from asura.domain.region import LOCAL
from asura.domain.result import Result
from asura.domain.span import Span
from asura.domain.status import Status
from asura.engine import trail
from asura.engine.beat_rows import ADOPTABLE, BeatRows
from asura.engine.beats import Beat
from asura.engine.dispatch import Dispatch
from asura.engine.draft import Switch
from asura.engine.judge import Judge
from asura.engine.ledger import Move, Recorded
from asura.engine.live import Live, initial_reason
from asura.engine.monitor_rows import Created, MonitorRows, changed, remakes
from asura.engine.monitor_state import MonitorState
from asura.engine.prepare import Found, MonitorDefaults, prepare_monitor
from asura.engine.references import Referrer, store_freed, without_monitor
from asura.errors import Conflict, Fault, Invalid, NotFound
from asura.running.plan import plan
from asura.running.runner import Runner
from asura.store import monitors, spans
from asura.store.db import Store


class MonitorDesk:
    """Creates, edits, pauses and deletes monitors, and checks them on demand."""

    def __init__(
        self,
        store: Store,
        live: Live,
        judge: Judge,
        runner: Runner,
        dispatch: Dispatch,
        clock: Clock,
        *,
        beat_rows: BeatRows,
        defaults: MonitorDefaults,
        found: Found,
    ) -> None:
        self._store = store
        self._live = live
        self._judge = judge
        self._runner, self._dispatch = runner, dispatch
        self._clock = clock
        self._beats = judge.beats
        self._beat_rows = beat_rows
        self._rows = MonitorRows(store.vault, beat_rows)
        self._defaults, self._found = defaults, found
        self.referrers: list[Referrer] = []

    def prepare(
        self,
        body: Mapping[str, Any],
        *,
        old: MonitorConfig | None = None,
        partial: bool = False,
        found: Found | None = None,
    ) -> MonitorConfig:
        """Return the configuration that a body asks for; Invalid names every fault. `found` knows its references."""
        config = prepare_monitor(body, defaults=self._defaults, found=found or self._found, old=old, partial=partial)
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

            def change(db: sqlite3.Connection) -> list[Created]:
                return [self._rows.create(db, slug, config, now, managed_by=managed_by) for slug, config in named]

            stored = await self._store.write(change)
            for one in stored:
                status, reason = initial_reason(one.monitor)
                state = MonitorState(one.monitor, status=status, since=now, reason=reason)
                state.spans = one.history
                self._live.put(state)
                self._follow(one.monitor.id, one.beat, now)
                self._judge.broadcast.show(state, now)
        for one in stored:
            self._dispatch.place(one.monitor, at_once=True)
        return [one.monitor for one in stored]

    async def replace(
        self, monitor_id: int, config: MonitorConfig, *, slug: str | None = None, by_file: bool = False
    ) -> Monitor:
        """Store an edited monitor; one whose check changed, or that was resumed, is checked at once."""
        async with self._judge.lock:
            state = self._editable(monitor_id, by_file=by_file)
            old, now = state.monitor, self._clock.now()
            edited = changed(old.config, config)
            managed_by = "file" if by_file else None
            if not edited and slug in (None, old.slug) and old.managed_by == managed_by:
                return old
            remade = remakes(edited)
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
                state.forget_doubts()
            self._judge.broadcast.show(state, now)
        if remade:
            self._dispatch.place(monitor, at_once=True)
        return monitor

    async def delete(self, monitor_id: int, *, by_file: bool = False) -> None:
        """Delete a monitor with its history; an open incident of it ends without telling anybody."""
        async with self._judge.lock, AsyncExitStack() as held:
            old, now = self._editable(monitor_id, by_file=by_file).monitor, self._clock.now()
            freed = without_monitor(self._live, monitor_id, now)
            releases = [await held.enter_async_context(one.without_monitor(monitor_id, now)) for one in self.referrers]

            def change(db: sqlite3.Connection) -> None:
                self._store.results.forget(db, monitor_id)
                monitors.delete(db, monitor_id)
                trail.monitor(db, old, None, now)
                store_freed(db, self._store.vault, freed, now)
                for release in releases:
                    release(db)

            await self._store.write(change)
            for _, other in freed:
                self._live.set_monitor(other)
            self._forget(monitor_id)

    async def archive(self, monitor_id: int) -> None:
        """Put a monitor away with its history; what the configuration file no longer names ends like this."""
        async with self._judge.lock:
            state = self._editable(monitor_id, by_file=True)
            now = self._clock.now()
            moves = self._withdraw(state, now, actor="configuration file", why="removed from the file")
            switch = Switch(monitor_id, Status.PAUSED, Reason.PAUSED.value, now)
            beat = self._beats.get(monitor_id)

            def put_away(db: sqlite3.Connection) -> None:
                self._beat_rows.save(db, beat)
                monitors.archive(db, monitor_id, now)
                trail.monitor(db, state.monitor, state.monitor, now, action="archive")

            await self._judge.apply(moves, [switch], also=put_away)
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
        # Under one token only one job can call in.
        settings = {key: value for key, value in config.settings.items() if key not in ADOPTABLE}
        copied = settings if config.type == HEARTBEAT else config.settings
        name = name or f"{config.name} (copy)"[:200]
        return await self.create(msgspec.structs.replace(config, name=name, settings=copied))

    async def check_now(self, monitor_id: int) -> Result:
        """Check at once and return the result, which counts like any other."""
        monitor = self._state(monitor_id).monitor
        if not monitor.config.enabled:
            raise Conflict("the monitor is paused; resume it, and it is checked at once")
        if monitor.config.type == HEARTBEAT:
            raise Conflict("a heartbeat is not checked: it waits for pings of its job")
        if LOCAL not in self._live.electorate_of(monitor).regions:
            return await self._dispatch.check(monitor)
        ready = plan(monitor.id, monitor.generation, monitor.config)
        result = await self._runner.run_once(ready, keep_evidence=True)
        await self._runner.hand_on(result)
        await self._judge.judge(self._clock.now())
        return result

    async def try_out(self, config: MonitorConfig) -> Result:
        """Check a configuration that is not stored, and return what was found."""
        if config.type == HEARTBEAT:
            raise Invalid(Fault("type", "a heartbeat is not checked: it waits for pings of its job"))
        return await self._runner.run_once(plan(0, 0, config), keep_evidence=True)

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
        elif state.status is Status.LATE and remakes(changed(state.monitor.config, monitor.config)):
            # What is expected now is expected from now on.
            switches.append(Switch(monitor.id, Status.UP, Reason.OK.value, now))
        elif monitor.config.reminder_interval != state.monitor.config.reminder_interval:
            moves = self._replan(state, monitor, now)

        beat = self._beats.get(monitor.id)

        def change(db: sqlite3.Connection) -> tuple[list[Recorded], Beat | None]:
            monitors.update(db, self._store.vault, monitor)
            trail.monitor(db, state.monitor, monitor, now)
            edited = self._beat_rows.edit(db, state.monitor, monitor, beat.heart if beat else None, now)
            for switch in switches:
                spans.switch(db, switch.monitor_id, "", switch.status, switch.reason, switch.at)
            return self._judge.record_in(db, moves, now), edited

        recorded, followed = await self._store.write(change)
        self._live.set_monitor(monitor)
        self._follow(monitor.id, followed, now)
        for switch in switches:
            state.switch(Span(monitor.id, "", switch.status, switch.reason, now), now)
            state.status, state.reason, state.message, state.since = switch.status, switch.reason, "", now
            state.forget(switch.status)
        self._judge.announce(recorded)
        if not monitor.config.enabled:
            self._dispatch.remove(monitor.id)

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
        self._dispatch.remove(monitor_id)
        incident_id = self._state(monitor_id).incident_id
        self._live.incidents.pop(incident_id or 0, None)
        self._live.drop(monitor_id)
        self._beats.drop(monitor_id)
        self._judge.broadcast.gone(monitor_id, incident_id)

    def _follow(self, monitor_id: int, beat: Beat | None, now: datetime) -> None:
        if beat is None:
            self._beats.drop(monitor_id)
        else:
            self._beats.put(beat, now)

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
