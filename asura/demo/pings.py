"""The pings of the jobs up to now: each run with its start, its end and what it printed."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from asura.demo import jobs
from asura.demo.cast import Seed
from asura.demo.jobs import JOBS, Ran
from asura.domain import packing
from asura.domain.heartbeat import Heartbeat, Run, rule_of
from asura.domain.monitor import Monitor, MonitorConfig
from asura.domain.packing import KEY_SIZE
from asura.domain.ping import Logged, Ping, PingKind, Step
from asura.domain.reason import Reason
from asura.domain.result import Result
from asura.domain.status import Finding, Status
from asura.engine.beat_rows import BeatRows
from asura.store import heartbeats, laying, pings
from asura.store.db import Store

# The run that goes on when the demo starts.
_NOW = "run-now"
_FROM: dict[str, Any] = {"method": "POST", "user_agent": "curl/8.5.0", "source": "203.0.113.77"}


def call_in(
    db: sqlite3.Connection, store: Store, one: tuple[Seed, Monitor], runs: Sequence[Ran], begin: datetime, now: datetime
) -> None:
    """Make the heartbeat of a monitor and let its runs call in until now."""
    seed, monitor = one
    BeatRows(store.vault).create(db, monitor, begin)
    log = logged(seed, monitor.id, runs, pings.next_id(db), now)
    pings.append(db, log)
    _results(db, store, monitor.id, [one.ping for one in log if one.ping.duration_s is not None])
    state = heart(seed, monitor.config, log, begin, now)
    heartbeats.save_states(db, [heartbeats.saved(monitor.id, state)])


def logged(seed: Seed, monitor_id: int, runs: Sequence[Ran], first_id: int, now: datetime) -> list[Logged]:
    """Return the pings of some runs, and of the one that goes on, as the log has them."""
    said = [ping for number, run in enumerate(runs) for ping in _said(seed, run, number)]
    said += _said_so_far(now) if jobs.goes_on(seed) else []
    return [
        Logged(first_id + index, monitor_id, index + 1, first_id + index - 1 if index else 0, ping)
        for index, ping in enumerate(said)
    ]


def _said(seed: Seed, run: Ran, number: int) -> list[Ping]:
    """Return the pings of one run."""
    job = JOBS[seed.slug]
    if not job.starts:
        return [Ping(at=run.start, kind=PingKind.SUCCESS, **_FROM)]
    body = jobs.FAILED if run.fails else job.body
    more: dict[str, Any] = {"run_id": f"run-{number}", **_FROM}
    kind, status = (PingKind.FAIL, 3) if run.fails else (PingKind.SUCCESS, 0)
    took: dict[str, Any] = {"exit_status": status, "duration_s": (run.end - run.start).total_seconds()}
    end = Ping(at=run.end, kind=kind, body=body, body_bytes=len(body), **took, **more)
    return [Ping(at=run.start, kind=PingKind.START, **more), end]


def _results(db: sqlite3.Connection, store: Store, monitor_id: int, ends: Sequence[Ping]) -> None:
    """Store what runs leave behind among the results: how long they took."""
    timed = [_result(monitor_id, one) for one in ends]
    if not timed:
        return
    found = []
    for hour, group in groupby(timed, key=lambda one: int(one.at.timestamp()) // 3600):
        body, region = b"", 0
        for one in group:
            region, reason = store.results.numbers(db, one.region, one.reason)
            body += packing.record(one, region=region, reason=reason)[KEY_SIZE:]
        found.append(((hour, monitor_id, region), laying.made(body)))
    laying.hours(db, found)
    by_day = groupby(found, key=lambda pair: pair[0][0] // 24)
    days = [(day, [laid for _, laid in parts]) for day, parts in by_day]
    laying.days(db, [((day, monitor_id, found[0][0][2]), laying.total(parts)) for day, parts in days])
    laying.carried(db, found[-20:])


def _result(monitor_id: int, end: Ping) -> Result:
    found, reason = (Finding.UP, Reason.OK) if end.kind is PingKind.SUCCESS else (Finding.DOWN, Reason.JOB_FAILED)
    took = (end.duration_s or 0) * 1000
    return Result(monitor_id, 1, "local", end.at, found, reason, latency_ms=took, code=end.exit_status or 0)


def heart(seed: Seed, config: MonitorConfig, log: Sequence[Logged], begin: datetime, now: datetime) -> Heartbeat:
    """Return what is known of a job after the pings of its past, and with the run that goes on."""
    rule, down = rule_of(config), seed.now is Status.DOWN
    ends = [one.ping for one in log if one.ping.kind in (PingKind.SUCCESS, PingKind.FAIL)]
    well = [one.at for one in ends if one.kind is PingKind.SUCCESS]
    starts = [one.ping.at for one in log if one.ping.kind is PingKind.START]
    return Heartbeat(
        since=begin,
        pings=len(log),
        last_id=log[-1].id,
        last_ping_at=log[-1].ping.at,
        last_success_at=well[-1] if well else None,
        last_start_at=starts[-1] if starts else None,
        last_duration_s=ends[-1].duration_s,
        last_exit_status=ends[-1].exit_status,
        expected_at=rule.next_after(ends[-1].at),
        troubles=1 if down else 0,
        trouble=Reason.JOB_FAILED if down else None,
        durations=tuple(one.duration_s for one in ends if one.duration_s is not None)[-50:],
        runs=(Run(now - jobs.RUNNING_FOR, _NOW, False, _step(now)),) if jobs.goes_on(seed) else (),
    )


def _said_so_far(now: datetime) -> list[Ping]:
    begun = Ping(at=now - jobs.RUNNING_FOR, kind=PingKind.START, run_id=_NOW, **_FROM)
    step = _step(now)
    return [begun, Ping(at=step.at, kind=PingKind.LOG, run_id=_NOW, step=step, **_FROM)]


def _step(now: datetime) -> Step:
    return Step(now - timedelta(seconds=40), 3, 5, "post invoices")
