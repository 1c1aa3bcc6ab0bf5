"""The pings of seeded jobs: each run with its start, its end and what it printed."""

import random
import sqlite3
from datetime import datetime, timedelta

from asura.domain.heartbeat import Heartbeat, Run, rule_of
from asura.domain.monitor import Monitor
from asura.domain.ping import Logged, Ping, PingKind, Step
from asura.domain.reason import Reason
from asura.domain.result import Result
from asura.domain.status import Finding, Status
from asura.engine.beat_rows import BeatRows
from asura.store import heartbeats, pings
from asura.store.db import Store

OUTPUT = b"dumping 14 databases\nuploading 3.2 GB to s3://backup.example.com\ndone\n"
FAILED = b"dumping 14 databases\ntar: write error: no space left on device\n"
MOST = 300


def call_in(
    db: sqlite3.Connection, store: Store, monitor: Monitor, status: Status, begin: datetime, now: datetime
) -> None:
    """Make the heartbeat of a monitor and let its runs call in until now; one that is down failed at last."""
    rule, chance = rule_of(monitor.config), random.Random(monitor.slug)
    BeatRows(store.vault).create(db, monitor, begin)
    due = [now - timedelta(days=80 if rule.schedule else 12)]
    while (following := rule.next_after(due[-1])) is not None and following < now - timedelta(minutes=26):
        due.append(following)
    log: list[Logged] = []
    usual = 1450.0 if rule.schedule else 190.0
    durations: list[float] = []
    for number, at in enumerate(due[1:][-MOST:]):
        seconds = usual * chance.lognormvariate(0, 0.16)
        fails = chance.random() < 0.02 or (status is Status.DOWN and at == due[-1])
        start = at + timedelta(seconds=chance.uniform(1, 20))
        body = FAILED if fails else OUTPUT
        kind = PingKind.FAIL if fails else PingKind.SUCCESS
        run = f"run-{number}"
        more = {"run_id": run, "method": "POST", "user_agent": "curl/8.5.0", "source": "203.0.113.77"}
        end = Ping(
            at=start + timedelta(seconds=seconds), kind=kind, exit_status=3 if fails else 0, duration_s=seconds,
            body=body, body_bytes=len(body), **more,
        )  # fmt: skip
        for ping in (Ping(at=start, kind=PingKind.START, **more), end):
            last = log[-1].id if log else pings.next_id(db) - 1
            log.append(Logged(last + 1, monitor.id, len(log) + 1, last if log else 0, ping))
        durations.append(seconds)
    pings.append(db, log)
    store.results.append(db, [_result(monitor.id, one.ping) for one in log if one.ping.duration_s is not None])
    heartbeats.save_states(db, [heartbeats.saved(monitor.id, _state(log, durations, status, begin, now, monitor))])


def _result(monitor_id: int, end: Ping) -> Result:
    """Return what a run leaves behind among the results: how long it took."""
    found, reason = (Finding.UP, Reason.OK) if end.kind is PingKind.SUCCESS else (Finding.DOWN, Reason.JOB_FAILED)
    return Result(
        monitor_id,
        1,
        "local",
        end.at,
        found,
        reason,
        latency_ms=(end.duration_s or 0) * 1000,
        code=end.exit_status or 0,
    )


def _state(
    log: list[Logged], durations: list[float], status: Status, begin: datetime, now: datetime, monitor: Monitor
) -> Heartbeat:
    last, rule = log[-1].ping, rule_of(monitor.config)
    well = [one.ping.at for one in log if one.ping.kind is PingKind.SUCCESS]
    step = Step(now - timedelta(seconds=40), 3, 5, "post invoices")
    running = rule.schedule is None and status is Status.UP
    return Heartbeat(
        since=begin,
        pings=len(log),
        last_id=log[-1].id,
        last_ping_at=last.at,
        last_success_at=well[-1],
        last_start_at=log[-2].ping.at,
        last_duration_s=last.duration_s,
        last_exit_status=last.exit_status,
        expected_at=rule.next_after(last.at),
        troubles=1 if status is Status.DOWN else 0,
        trouble=Reason.JOB_FAILED if status is Status.DOWN else None,
        durations=tuple(durations[-50:]),
        runs=(Run(now - timedelta(seconds=110), "run-now", False, step),) if running else (),
    )
