"""Heartbeats: what a job is held to, and what is known of it from its pings. Pure: nothing here looks at a clock."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from asura.domain import cadence
from asura.domain.monitor import Monitor, MonitorConfig
from asura.domain.ping import Step
from asura.domain.reason import Reason
from asura.domain.schedule import Schedule, parse
from asura.domain.span import Due, Gap

HEARTBEAT = "heartbeat"
_OUR_EYES = frozenset({Reason.OWN_NETWORK.value, Reason.OWN_RESOLVER.value})
# What says when a heartbeat is expected, and how much is forgiven: fields that mean nothing for what is checked.
BEAT_FIELDS = ("grace", "cron", "on_calendar", "timezone", "max_runtime", "start_deadline")
# A job whose clock is fast calls in a little before its time; it means the run that is due, not the one before.
EARLY = timedelta(seconds=60)
MOST_RUNS = 50
MOST_DURATIONS = 50


class BeatStatus(StrEnum):
    """How a heartbeat is: the word beside its pings. A monitor shows the same, but for `started`."""

    PENDING = "pending"
    UP = "up"
    STARTED = "started"
    LATE = "late"
    DOWN = "down"


class Rule(msgspec.Struct, frozen=True):
    """What a heartbeat is held to. `misses` is how many troubles in a row it takes until it is believed to be down."""

    interval: timedelta
    grace: timedelta
    schedule: Schedule | None = None
    max_runtime: timedelta | None = None
    start_deadline: timedelta | None = None
    alert_if_never: bool = True
    misses: int = 1

    def next_after(self, at: datetime) -> datetime | None:
        """Return when the next ping is expected after one at `at`; None when a schedule has come to its end."""
        return self.schedule.next_after(at) if self.schedule else at + self.interval

    def tolerance(self, expected: datetime) -> timedelta:
        """Return how long before an expected instant a ping or a start already counts for it."""
        following = self.next_after(expected)
        return EARLY if following is None else min(EARLY, (following - expected) / 4)


def rule_of(config: MonitorConfig) -> Rule:
    """Return the rule in a validated configuration."""
    schedule, _ = parse(config.cron, config.on_calendar, config.timezone)
    return Rule(
        interval=timedelta(seconds=config.interval),
        grace=timedelta(seconds=config.grace),
        schedule=schedule,
        max_runtime=_seconds(config.max_runtime),
        start_deadline=_seconds(config.start_deadline),
        alert_if_never=bool(config.settings.get("alert_if_never", True)),
        misses=config.failure_threshold,
    )


class Run(msgspec.Struct, frozen=True, omit_defaults=True):
    """A run that has started and not finished. An overdue one was told already and is only waited for."""

    started_at: datetime
    id: str = ""
    overdue: bool = False
    step: Step | None = None


class Heartbeat(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is known of a job from its pings. `since` is from when the first ping is awaited.

    `troubles` counts failures and silences since the last success, `trouble` is the last of them; `last_id` is the
    newest ping in the log, `pings` its number. `expected_at` is the awaited instant, without grace.
    """

    since: datetime
    pings: int = 0
    last_id: int = 0
    last_ping_at: datetime | None = None
    last_success_at: datetime | None = None
    last_start_at: datetime | None = None
    last_duration_s: float | None = None
    last_exit_status: int | None = None
    expected_at: datetime | None = None
    troubles: int = 0
    trouble: Reason | None = None
    runs: tuple[Run, ...] = ()
    durations: tuple[float, ...] = ()

    @property
    def open_runs(self) -> list[Run]:
        """Return the runs that are still in their time."""
        return [run for run in self.runs if not run.overdue]


def fresh(now: datetime, rule: Rule, old: Heartbeat | None = None) -> Heartbeat:
    """Return the state of a heartbeat that begins to wait: a new one, or one that was resumed and keeps its history."""
    beat = Heartbeat(since=now) if old is None else msgspec.structs.replace(old, since=now, last_success_at=None)
    beat = msgspec.structs.replace(beat, troubles=0, trouble=None, runs=(), last_start_at=None)
    return msgspec.structs.replace(beat, expected_at=rule.next_after(now))


def reckoned(beat: Heartbeat, rule: Rule, now: datetime) -> Heartbeat:
    """Return the state under an edited rule: nobody is late at once because somebody shortened an interval."""
    expected = rule.next_after(beat.last_ping_at or beat.since)
    if expected is not None and expected < now:
        expected = rule.schedule.next_after(now) if rule.schedule else now
    return msgspec.structs.replace(beat, expected_at=expected)


def numbered(beat: Heartbeat, ping_id: int) -> Heartbeat:
    """Return the state with one more ping in the log."""
    return msgspec.structs.replace(beat, last_id=ping_id, pings=beat.pings + 1)


def _seconds(value: float | None) -> timedelta | None:
    return None if value is None else timedelta(seconds=value)


def due_in(monitor: Monitor, now: datetime, *, elsewhere: bool = False) -> Due:
    """Return what tells whether something of a monitor was due in a gap: without it our own gap says nothing.

    `elsewhere`: it is checked from other places too, for which our own blindness is none.
    """
    config, monitor_id = monitor.config, monitor.id
    if config.type != HEARTBEAT:

        def checked(gap: Gap) -> bool:
            if elsewhere and gap.reason in _OUR_EYES:
                return False
            return cadence.due_inside(monitor_id, config.interval, gap.from_at, min(gap.to_at or now, now))

        return checked
    rule = rule_of(config)

    def expected(gap: Gap) -> bool:
        following = rule.next_after(gap.from_at)
        return following is not None and following <= min(gap.to_at or now, now)

    return expected
