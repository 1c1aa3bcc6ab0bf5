"""Rebuilds what is known from the store at the start, so that a restart forgets nothing and starts nothing anew."""

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from itertools import takewhile
from typing import NamedTuple

from asura import log
from asura.domain.channel import Channel
from asura.domain.confirm import ConfirmRule, Streak, confirm, settled
from asura.domain.incident import Incident
from asura.domain.monitor import Monitor, MonitorConfig
from asura.domain.reason import Reason
from asura.domain.region import LOCAL
from asura.domain.result import Result
from asura.domain.span import Gap, Span
from asura.domain.status import Finding, Status
from asura.engine.believing import MEANWHILE
from asura.engine.live import Live, initial_reason
from asura.engine.monitor_state import BELIEVABLE, DAY, MonitorState, Regional
from asura.store import channels, gaps, incidents, monitors, spans
from asura.store.db import Store

FOUND_MEANWHILE = {reason.value: status for status, reason in MEANWHILE.items()}


class Stored(NamedTuple):
    """Everything that is read at the start, from one moment of the store."""

    monitors: list[Monitor]
    channels: list[Channel]
    incidents: list[Incident]
    spans: list[Span]
    results: list[Result]


async def recover(store: Store, live: Live, now: datetime) -> dict[int, float]:
    """Fill `live` from the store and return when each monitor was last checked, in seconds since the epoch."""

    def read(db: sqlite3.Connection) -> Stored:
        configured = monitors.load_all(db, store.vault)
        needed = max((_results_in_doubt(monitor.config) for monitor in configured), default=1)
        return Stored(
            configured,
            channels.load_all(db, store.vault),
            incidents.load_active(db),
            spans.recent(db, now - DAY),
            store.results.load(db, last=needed),
        )

    stored = await store.write(read)
    live.gaps = await _recent_gaps(store, now)
    by_monitor, by_region = _grouped(stored.spans)
    for monitor in stored.monitors:
        live.put(_state(monitor, by_monitor.get(monitor.id, [])))
    live.channels = {channel.id: channel for channel in stored.channels}
    for settings in [one.config.settings for one in stored.monitors] + [one.config.settings for one in stored.channels]:
        log.know_in(settings)
    for incident in stored.incidents:
        live.set_incident(incident)
    for state in live.states():
        state.believed = _believed(state, live, [])
        if state.status is Status.MAINTENANCE:
            state.behind = state.believed
    return _replay(live, stored.results, by_region)


def streak_after(believed: Status, results: Iterable[Result], rule: ConfirmRule) -> Streak:
    """Return a region's streak after its last results, given what was believed at their end.

    The stored belief rules: replaying tells only what is in doubt since.
    """
    streak = settled(believed)
    for result in results:
        at, counted = result.at, result.counted
        streak = confirm(streak, result.finding, at=at, counted=counted, rule=rule).streak
    return streak if streak.believed is believed else settled(believed)


def _results_in_doubt(config: MonitorConfig) -> int:
    """Return how many results of a monitor can be in doubt at once, its retried tries included."""
    return max(config.failure_threshold, config.success_threshold) * (config.retries + 1)


async def _recent_gaps(store: Store, now: datetime) -> list[Gap]:
    """Return the last day's gaps; one that was open when the process ended, ended with it."""

    def close(db: sqlite3.Connection) -> None:
        while (opened := gaps.open_gap(db)) is not None:
            gaps.end(db, opened[0], now)

    await store.write(close)
    async with store.read() as reader:
        return list(await gaps.between(reader, now - DAY, now))


def _grouped(rows: list[Span]) -> tuple[dict[int, list[Span]], dict[tuple[int, str], list[Span]]]:
    """Return the spans of each monitor, and those of each of its regions, oldest first."""
    whole: dict[int, list[Span]] = {}
    regional: dict[tuple[int, str], list[Span]] = {}
    for span in sorted(rows, key=lambda span: span.from_at):
        if span.region == "":
            whole.setdefault(span.monitor_id, []).append(span)
        else:
            regional.setdefault((span.monitor_id, span.region), []).append(span)
    return whole, regional


def _state(monitor: Monitor, believed: list[Span]) -> MonitorState:
    status, reason = initial_reason(monitor)
    since = monitor.created_at
    if believed and believed[-1].to_at is None:
        last = believed[-1]
        status, reason, since = last.status, last.reason, last.from_at
    state = MonitorState(monitor, status=status, since=since, reason=reason)
    state.spans = believed
    if status is Status.MAINTENANCE:
        state.message = "Under maintenance."
        # What is found meanwhile has a span of its own each time; it is one stretch.
        under = takewhile(lambda span: span.status is Status.MAINTENANCE, reversed(believed))
        state.since = min(span.from_at for span in under)
    return state


def _replay(live: Live, results: list[Result], spans_of: dict[tuple[int, str], list[Span]]) -> dict[int, float]:
    by_region: dict[tuple[int, str], list[Result]] = {}
    for result in results:
        by_region.setdefault((result.monitor_id, result.region), []).append(result)
    last_at: dict[int, float] = {}
    for (monitor_id, region), seen in by_region.items():
        state = live.state(monitor_id)
        if state is None:
            continue
        if region == LOCAL:
            last_at[monitor_id] = seen[-1].at.timestamp()
        if state.last is None or state.last.at <= seen[-1].at:
            state.last = seen[-1]
        current = [one for one in seen if one.generation == state.monitor.generation]
        if state.status is Status.PAUSED or region not in state.electorate.regions:
            continue
        if state.electorate.elsewhere:
            _hear_again(state, region, current, spans_of.get((monitor_id, region), []))
        else:
            _believe_again(state, live, region, current)
    return last_at


def _believe_again(state: MonitorState, live: Live, region: str, seen: list[Result]) -> None:
    config = state.monitor.config
    rule = ConfirmRule(config.failure_threshold, config.success_threshold)
    state.believed = _believed(state, live, seen)
    regional = state.regions[region] = Regional(streak_after(state.believed, seen, rule))
    last = seen[-1] if seen else None
    if last is None:
        return
    regional.hear(last)
    if last.finding is Finding.UNKNOWN and state.status is Status.PENDING:
        # A fault of the whole process leaves no span, and it was never checked before.
        state.status, state.since = Status.UNKNOWN, last.at
    if last.finding.status is state.status:
        state.message = last.message
        if state.reason == Reason.AFTER_MAINTENANCE:
            # It still has to be told, by the next result.
            return
        state.reason = last.reason.value if last.reason is not Reason.OK else state.reason


def _hear_again(state: MonitorState, region: str, seen: list[Result], spans: list[Span]) -> None:
    """Restore what one of several regions said. Our absence is a gap, which its vote outlives; older ones are gone."""
    config = state.monitor.config
    rule = ConfirmRule(config.failure_threshold, config.success_threshold)
    told = next((span for span in reversed(spans) if span.status in BELIEVABLE), None)
    believed = Status.PENDING if told is None else told.status
    regional = state.regions[region] = Regional(
        streak_after(believed, seen, rule), since=told.from_at if told is not None else None
    )
    if spans and spans[-1].to_at is None:
        regional.recorded = spans[-1].status
    for result in seen:
        regional.hear(result)
    if seen and seen[-1].finding.status is state.status and not state.message:
        state.message = seen[-1].message


def _believed(state: MonitorState, live: Live, seen: list[Result]) -> Status:
    """Return what is believed behind what is shown."""
    if state.status is Status.LATE:
        # Late is only shown over what is believed.
        return Status.UP
    if state.status is Status.MAINTENANCE and state.reason in FOUND_MEANWHILE:
        return FOUND_MEANWHILE[state.reason]
    if state.status not in (Status.UNKNOWN, Status.MAINTENANCE):
        return state.status
    return _before_veil(state, live, seen)


def _before_veil(state: MonitorState, live: Live, seen: list[Result]) -> Status:
    """Return what was believed before a fault of ours or planned work hid it: an open incident tells, a span, or the
    last results.
    """
    incident = live.incidents.get(state.incident_id or 0)
    if incident is not None:
        return Status.DOWN if incident.severity == "critical" else Status.DEGRADED
    for span in reversed(state.spans):
        if span.reason in FOUND_MEANWHILE:
            return FOUND_MEANWHILE[span.reason]
        if span.status not in (Status.UNKNOWN, Status.MAINTENANCE):
            return Status.UP if span.status is Status.LATE else span.status
    known = [one.finding for one in seen if one.counted and one.finding is not Finding.UNKNOWN]
    return Status.UP if Finding.UP in known else Status.PENDING
