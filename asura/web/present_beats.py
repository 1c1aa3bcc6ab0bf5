"""Heartbeats and pings as answers. Who may not edit sees no address: whoever knows it can call in for the job."""

from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING

from asura.domain.fields import STARS
from asura.domain.heartbeat import HEARTBEAT, Heartbeat, Run
from asura.domain.ping import BODY_LIMIT, Logged
from asura.web import present, present_regions, shapes

if TYPE_CHECKING:
    from asura.engine.engine import Engine
    from asura.engine.key_desk import Actor
    from asura.engine.live import MonitorView

PING_PATH = "/api/v1/heartbeat/"


def monitor(engine: "Engine", view: "MonitorView", *, to: "Actor | None") -> shapes.Monitor:
    """Return a monitor, with its heartbeat if it is one."""
    beat = heartbeat(engine, view, to=to) if view.monitor.config.type == HEARTBEAT else None
    warning = present_regions.warning(engine.live, view)
    return present.monitor(view, engine.clock.now(), to=to, heartbeat=beat, region_warning=warning)


def heartbeat(engine: "Engine", view: "MonitorView", *, to: "Actor | None") -> shapes.Heartbeat | None:
    """Return what is known of a job; None where the monitor was deleted meanwhile."""
    seen = engine.pings.view(view.monitor.id, engine.clock.now())
    heart = seen.heart
    token, uuid = engine.pings.secrets(view.monitor.id) if to is not None and to.role != "viewer" else (STARS, STARS)
    return shapes.Heartbeat(
        token=token,
        uuid=uuid,
        ping_url=STARS if token == STARS else f"{engine.options.url}{PING_PATH}{token}",
        grace=view.monitor.config.grace,
        status=seen.condition.status.value,
        pings=heart.pings,
        last_ping_at=present.maybe_instant(heart.last_ping_at),
        last_success_at=present.maybe_instant(heart.last_success_at),
        last_start_at=present.maybe_instant(heart.last_start_at),
        last_duration_s=present.milliseconds(heart.last_duration_s),
        last_exit_status=heart.last_exit_status,
        expected_at=present.maybe_instant(heart.expected_at),
        deadline_at=present.maybe_instant(seen.deadline_at),
        runs=[_run(heart, run) for run in heart.runs],
    )


def _run(heart: Heartbeat, run: Run) -> shapes.RunView:
    usual = median(heart.durations) if heart.durations else None
    step = run.step
    return shapes.RunView(
        run_id=run.id,
        started_at=present.instant(run.started_at),
        overdue=run.overdue,
        expected_end_at=None if usual is None else present.instant(run.started_at + timedelta(seconds=usual)),
        step=step.step if step else None,
        of=step.of if step else None,
        step_name=step.name if step else "",
        step_at=present.instant(step.at) if step else None,
    )


def ping(logged: Logged) -> shapes.Ping:
    """Return one ping without its body."""
    one = logged.ping
    return shapes.Ping(
        n=logged.number,
        at=present.instant(one.at),
        kind=one.kind.value,
        duration_s=present.milliseconds(one.duration_s),
        exit_status=one.exit_status,
        run_id=one.run_id,
        source=one.source,
        method=one.method,
        user_agent=one.user_agent,
        note=one.note,
        step=one.step.step if one.step else None,
        of=one.step.of if one.step else None,
        step_name=one.step.name if one.step else "",
        body_bytes=one.body_bytes,
        body_cut=one.body_bytes > BODY_LIMIT,
    )
