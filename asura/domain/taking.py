"""What a ping does to the state of a job."""

from datetime import datetime

import msgspec

from asura.domain.heartbeat import MOST_DURATIONS, MOST_RUNS, Heartbeat, Rule, Run
from asura.domain.ping import Ping, PingKind
from asura.domain.reason import Reason
from asura.domain.status import Finding


class Taken(msgspec.Struct, frozen=True):
    """What a ping did: the new state, the ping as it goes into the log, and what it says of the job, if anything."""

    beat: Heartbeat
    ping: Ping
    finding: Finding | None = None
    reason: Reason = Reason.OK
    message: str = ""


def take(beat: Heartbeat, ping: Ping, rule: Rule) -> Taken:
    """Return what a ping does; `ping.kind` is what it means after rules on verbs and bodies.

    Starts and durations follow Healthchecks (`hc/api/models.py`, `Check.ping`), by run id where it keeps one.
    """
    match ping.kind:
        case PingKind.IGNORED:
            return Taken(beat, ping)
        case PingKind.LOG:
            return Taken(_progressed(beat, ping), ping)
        case PingKind.START:
            return Taken(_started(beat, ping), ping)
    good = ping.kind is PingKind.SUCCESS
    duration, runs = _finished(beat.runs, ping)
    if ping.duration_s is None and duration is not None:
        ping = msgspec.structs.replace(ping, duration_s=duration)
    beat = msgspec.structs.replace(
        beat,
        last_ping_at=ping.at,
        last_duration_s=ping.duration_s,
        last_exit_status=ping.exit_status,
        expected_at=_expected(beat, ping.at, rule),
        runs=runs,
        durations=beat.durations if duration is None else (*beat.durations, duration)[-MOST_DURATIONS:],
        last_success_at=ping.at if good else beat.last_success_at,
        troubles=0 if good else beat.troubles + 1,
        trouble=None if good else Reason.JOB_FAILED,
    )
    if good:
        return Taken(beat, ping, Finding.UP)
    return Taken(beat, ping, Finding.DOWN, Reason.JOB_FAILED, _failure(ping))


def _expected(beat: Heartbeat, at: datetime, rule: Rule) -> datetime | None:
    """Return what is awaited after a ping: one that comes a little early counts for the run that was due."""
    awaited = beat.expected_at
    if rule.schedule is None or awaited is None or at >= awaited:
        return rule.next_after(at)
    return rule.next_after(awaited if at >= awaited - rule.tolerance(awaited) else at)


def _started(beat: Heartbeat, ping: Ping) -> Heartbeat:
    step = msgspec.structs.replace(ping.step, at=ping.at) if ping.step else None
    others = tuple(run for run in beat.runs if run.id != ping.run_id)
    return msgspec.structs.replace(
        beat, last_start_at=ping.at, runs=(*others, Run(ping.at, ping.run_id, step=step))[-MOST_RUNS:]
    )


def _progressed(beat: Heartbeat, ping: Ping) -> Heartbeat:
    """Return the state with the step of a run: of the one that the ping names, else of the newest."""
    if ping.step is None or not beat.runs:
        return beat
    named = [run for run in beat.runs if run.id == ping.run_id]
    moved = named[-1] if named else beat.runs[-1]
    step = msgspec.structs.replace(ping.step, at=ping.at)
    runs = tuple(msgspec.structs.replace(run, step=step) if run is moved else run for run in beat.runs)
    return msgspec.structs.replace(beat, runs=runs)


def _finished(runs: tuple[Run, ...], ping: Ping) -> tuple[float | None, tuple[Run, ...]]:
    """Return how long the finished run took (None when unknown), and the runs that go on.

    The run of the same id ends. Without such a run: a failure, or a success that names none, ends all of them; a
    success of another run ends none.
    """
    own = next((run for run in runs if run.id == ping.run_id), None)
    if own is not None:
        seconds = max(0.0, (ping.at - own.started_at).total_seconds())
        return seconds, tuple(run for run in runs if run is not own)
    if ping.kind is PingKind.FAIL or not ping.run_id:
        return None, ()
    return None, runs


def _failure(ping: Ping) -> str:
    said = ping.note or last_line(ping.body)
    head = "The job reported a failure"
    if ping.exit_status:
        head = f"The job failed with exit status {ping.exit_status}"
    return f"{head}: {said}" if said else f"{head}."


def last_line(body: bytes, limit: int = 160) -> str:
    """Return the last line of a text that is not blank: where jobs say what went wrong."""
    lines = body[-4096:].decode("utf-8", "replace").replace("\x00", " ").split("\n")
    text = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
