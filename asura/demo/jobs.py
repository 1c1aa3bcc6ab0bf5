"""When the jobs of the demo run, so that each is as it should be whenever the demo starts, and what they say."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from asura.demo.cast import Seed
from asura.demo.outages import Outage
from asura.domain.heartbeat import Rule
from asura.domain.reason import Reason
from asura.domain.schedule import parse
from asura.domain.status import Status

OUTPUT = b"dumping 14 databases\nuploading 3.2 GB to s3://backup.example.com\ndone\n"
FAILED = b"dumping 14 databases\ntar: write error: no space left on device\n"
STUCK = b"3 messages could not be handled: the queue answers no more\n"
INVOICES = b"reading 312 orders\nwriting invoices\nposting them\ndone\n"
# So far from a run nothing of a demo that has just started can touch it.
CLEAR = timedelta(hours=2)
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Tokyo", "UTC")
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
# The run that goes on when the demo starts, and the one that failed last.
RUNNING_FOR, FAILED_AGO = timedelta(seconds=110), timedelta(minutes=26)


SAYS = "The job failed with exit status 3: no space left on device."
MOST = 300
# Of so many runs one fails.
FAILS_IN = {"nightly-backup": 45, "invoice-run": 150, "warehouse-sync": 110, "certificate-renewal": 20}


class Ran(NamedTuple):
    """One run of the past."""

    start: datetime
    end: datetime
    fails: bool


class Job(NamedTuple):
    """How a job behaves: how long a run takes, and what it prints."""

    usual_s: float
    body: bytes
    # Whether a run tells its beginning.
    starts: bool = True


JOBS: Mapping[str, Job] = {
    "nightly-backup": Job(1450.0, OUTPUT),
    "invoice-run": Job(190.0, INVOICES),
    "warehouse-sync": Job(190.0, b"comparing 8120 articles\n14 changed\ndone\n"),
    "certificate-renewal": Job(41.0, b"12 certificates looked at\nnone is due\n"),
    "queue-worker": Job(0.0, b"", starts=False),
}


def fields(seed: Seed, now: datetime) -> dict[str, Any]:
    """Return what of a job's configuration depends on when the demo starts: its calendar."""
    if seed.slug == "nightly-backup":
        zone = next((zone for zone in ZONES if _is_clear("30 2 * * *", zone, now)), ZONES[-1])
        return {"cron": "30 2 * * *", "timezone": zone}
    if seed.slug == "certificate-renewal":
        # Three days ago, whatever day that was.
        day = DAYS[int((now - timedelta(days=3)).strftime("%w"))]
        return {"cron": f"0 4 * * {day}", "timezone": "Europe/Berlin"}
    return {}


def runs(seed: Seed, rule: Rule, begin: datetime, now: datetime) -> list[Ran]:
    """Return the runs of the past, oldest first, all of which have ended; of a job that is down the last one failed."""
    job = JOBS[seed.slug]
    found = []
    due = _due(seed, rule, begin, now)
    for number, at in enumerate(due):
        chance = random.Random(f"{seed.name} run {len(due) - number}")
        seconds = job.usual_s * min(1.4, chance.lognormvariate(0, 0.13))
        start = at + timedelta(seconds=chance.uniform(1, 9) if job.starts else chance.uniform(-1, 1))
        last = number == len(due) - 1
        fails = seed.now is Status.DOWN if last else job.starts and chance.random() * FAILS_IN[seed.slug] < 1
        found.append(Ran(start, start + timedelta(seconds=seconds), fails))
    return found


def goes_on(seed: Seed) -> bool:
    """Return whether a run of this job goes on when the demo starts."""
    return seed.slug == "invoice-run"


def outages(found: Sequence[Ran]) -> list[Outage]:
    """Return the outages that failed runs make: from their end to that of the next one that went well."""
    made: list[Outage] = []
    failed_at: datetime | None = None
    for run in found:
        if run.fails and failed_at is None:
            failed_at = run.end
        elif not run.fails and failed_at is not None:
            made.append(Outage(failed_at, run.end, Status.DOWN, Reason.JOB_FAILED, SAYS, 3))
            failed_at = None
    if failed_at is not None:
        made.append(Outage(failed_at, None, Status.DOWN, Reason.JOB_FAILED, SAYS, 3))
    return made


def _due(seed: Seed, rule: Rule, begin: datetime, now: datetime) -> list[datetime]:
    """Return when the runs of the past were due, oldest first."""
    if rule.schedule is None:
        return _by_interval(seed, rule, begin, now)
    found: list[datetime] = []
    at = rule.next_after(begin)
    while at is not None and at < now - timedelta(hours=1):
        found.append(at)
        at = rule.next_after(at)
    return found[-MOST:]


def _by_interval(seed: Seed, rule: Rule, begin: datetime, now: datetime) -> list[datetime]:
    """Return runs an interval apart, the last of which ended when the world needs it to."""
    job = JOBS[seed.slug]
    if seed.now is Status.DOWN:
        last = now - FAILED_AGO - timedelta(seconds=job.usual_s)
    elif job.starts:
        # One goes on now: the one before it was an interval earlier.
        last = now - RUNNING_FOR - rule.interval
    else:
        # It calls in again as soon as somebody may look.
        last = now - 5 * rule.interval / 6
    number = min(MOST - 1, int((last - begin) / rule.interval))
    return [last - back * rule.interval for back in range(number, -1, -1)]


def _is_clear(cron: str, zone: str, now: datetime) -> bool:
    schedule, _ = parse(cron, "", zone)
    if schedule is None:
        return False
    following = schedule.next_after(now - CLEAR)
    return following is not None and following > now + CLEAR
