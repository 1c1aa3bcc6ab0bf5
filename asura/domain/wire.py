"""What primary and probes say to each other: JSON, versioned, additive.

Whoever writes says in `wire` which version it speaks and in `needs` the oldest one that understands it. A reader takes
what it understands: unknown fields are passed over, missing ones have defaults. Fields are only ever added.
"""

from typing import Any, Literal

import msgspec

from asura.domain.monitor import Assertion
from asura.domain.result import Evidence, Phases

WIRE = 1
NEEDS = 1
# Headers of a delivery: the instant of sending and the wall clock, both in seconds since the epoch.
SENT_AT, WALL_CLOCK = "X-Asura-Sent-At", "X-Asura-Clock"
MOST_RESULTS = 1000


class Assignment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One monitor as a probe has to run it, with the secrets that this takes. Durations are seconds.

    `asked` grows each time that it is to be checked at once; `last_at` is when its region last reported (seconds since
    the epoch, by the primary's clock), so that whoever takes it over goes on where the other stopped.
    """

    id: int
    generation: int
    type: str
    target: str = ""
    interval: float = 60
    timeout: float = 10
    retries: int = 1
    retry_interval: float = 20
    latency_threshold_ms: float | None = None
    upside_down: bool = False
    settings: dict[str, Any] = {}
    assertions: tuple[Assertion, ...] = ()
    assertions_match: Literal["all", "any"] = "all"
    asked: int = 0
    last_at: float | None = None


class Assigned(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a probe is to check: everything when `full`, else what has changed since the tag that it sent.

    `now` is the primary's clock in seconds since the epoch; `report_every` how often a probe is to be heard at least.
    """

    wire: int = WIRE
    needs: int = NEEDS
    tag: str
    full: bool
    monitors: tuple[Assignment, ...] = ()
    gone: tuple[int, ...] = ()
    probe_id: int
    region: str
    name: str = ""
    version: str = ""
    now: float
    report_every: float = 5


class Finding(msgspec.Struct, frozen=True, array_like=True):
    """One result, as an array: hundreds of them travel together. `at` is milliseconds since the epoch by the probe's
    notion of the primary's clock; `finding` and `reason` as in domain/status.py and domain/reason.py; `counted` is
    false for a try that is retried.
    """

    monitor_id: int
    generation: int
    at: int
    finding: int
    reason: str
    message: str = ""
    latency_ms: float | None = None
    code: int = 0
    phases: Phases | None = None
    counted: bool = True
    evidence: Evidence | None = None
    certificate_days: float | None = None


class State(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a probe does, with each batch. `blind` is the sentence of why it cannot see; empty when it can."""

    blind: str = ""
    checks_per_s: float = 0
    in_flight: int = 0
    late_s: float = 0
    lag_s: float = 0
    spooled: int = 0
    lost: int = 0
    monitors: int = 0


class Batch(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a probe delivers, gzipped. (probe, boot, seq) names it: sent twice, it is taken once.

    `boot` is random for each process. Nothing in it changes from one try to the next; `bye` says that the process ends.
    """

    wire: int = WIRE
    needs: int = NEEDS
    boot: str
    seq: int
    results: tuple[Finding, ...] = ()
    state: State = State()
    bye: bool = False


class Taken(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of a batch: how many results are news, how many history alone, how many were not its to report.

    `known`: it had come before. `tag` is that of the newest assignments.
    """

    news: int = 0
    history: int = 0
    refused: int = 0
    known: bool = False
    tag: str = ""
    now: float = 0


def is_understood(message: "Assigned | Batch") -> bool:
    """Return whether this version understands what somebody wrote."""
    return message.needs <= WIRE
