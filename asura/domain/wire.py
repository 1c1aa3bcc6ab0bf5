"""What primary and probes say to each other: JSON, versioned, additive.

Whoever writes says in `wire` which version it speaks and in `needs` the oldest one that understands it. A reader takes
what it understands: unknown fields are passed over, missing ones have defaults. Fields are only ever added.
"""

from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta

from asura.domain.monitor import Assertion
from asura.domain.result import Evidence, Phases

WIRE = 1
NEEDS = 1
# Headers of a delivery: the instant of sending and the wall clock, both in seconds since the epoch.
SENT_AT, WALL_CLOCK = "X-Asura-Sent-At", "X-Asura-Clock"
MOST_RESULTS = 1000
# Evidence that was left out.
NOTHING = msgspec.Raw(b"null")

# What no honest writer goes beyond, and what every reader can store: whatever lies outside is refused unread.
Count = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Code = Annotated[int, Meta(ge=-(2**53) + 1, le=2**53 - 1)]
Word = Annotated[str, Meta(max_length=200)]
# The end of the year 9999.
Milliseconds = Annotated[int, Meta(ge=0, le=253_402_300_799_999)]
Found = Annotated[int, Meta(ge=0, le=3)]
Latency = Annotated[float, Meta(ge=0, le=1e9)]
Amount = Annotated[float, Meta(ge=-1e15, le=1e15)]

M = TypeVar("M", "Assigned", "Batch", "Taken")


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

    def __repr__(self) -> str:
        # Its settings hold secrets, which are plain text on the wire.
        return f"Assignment(id={self.id}, generation={self.generation}, type={self.type!r})"


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

    monitor_id: Count
    generation: Count
    at: Milliseconds
    finding: Found
    reason: Word
    message: str = ""
    latency_ms: Latency | None = None
    code: Code = 0
    phases: Phases | None = None
    counted: bool = True
    evidence: Evidence | None = None
    certificate_days: Amount | None = None


class State(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a probe does, with each batch. `blind` is the sentence of why it cannot see; empty when it can."""

    blind: str = ""
    checks_per_s: Amount = 0
    in_flight: Count = 0
    late_s: Amount = 0
    lag_s: Amount = 0
    spooled: Count = 0
    lost: Count = 0
    monitors: Count = 0


class Batch(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a probe delivers, gzipped. (probe, boot, seq) names it: sent twice, it is taken once.

    `boot` is random for each process. Nothing in it changes from one try to the next; `bye` says that the process ends.
    """

    wire: int = WIRE
    needs: int = NEEDS
    boot: Word
    seq: Count
    results: Annotated[tuple[Finding, ...], Meta(max_length=MOST_RESULTS)] = ()
    state: State = State()
    bye: bool = False


class SealedFinding(msgspec.Struct, frozen=True, array_like=True):
    """A Finding whose evidence is still as it was written: a few bytes of it can become a thousand times as many."""

    monitor_id: Count
    generation: Count
    at: Milliseconds
    finding: Found
    reason: Word
    message: str = ""
    latency_ms: Latency | None = None
    code: Code = 0
    phases: Phases | None = None
    counted: bool = True
    evidence: msgspec.Raw = NOTHING
    certificate_days: Amount | None = None


class SealedBatch(msgspec.Struct, frozen=True, kw_only=True):
    """A Batch as it is read of somebody who is not trusted: nothing of it is larger than its bytes allow for."""

    wire: int = WIRE
    needs: int = NEEDS
    boot: Word
    seq: Count
    results: Annotated[tuple[SealedFinding, ...], Meta(max_length=MOST_RESULTS)] = ()
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


class Unreadable(ValueError):
    """What somebody wrote makes no sense; `newer`: it was written for versions that understand more than this one."""

    def __init__(self, message: str, *, newer: bool = False) -> None:
        super().__init__(message)
        self.newer = newer


class _Versions(msgspec.Struct):
    needs: int = NEEDS


def read(raw: bytes, kind: type[M]) -> M:
    """Return what somebody wrote, without what this version does not know; raises Unreadable."""
    try:
        message = _read(raw, kind)
    except (ValueError, RecursionError) as error:
        _check(_needs(raw))
        said = "nested too deep" if isinstance(error, RecursionError) else str(error)
        raise Unreadable(f"It makes no sense: {said}.") from None
    _check(getattr(message, "needs", NEEDS))
    return message


def _check(needs: int) -> None:
    if needs > WIRE:
        raise Unreadable(f"It was written for version {needs} and later; this is version {WIRE}.", newer=True)


def _needs(raw: bytes) -> int:
    """Return which version a message needs, as far as that can be read."""
    try:
        return msgspec.json.decode(raw, type=_Versions).needs
    except (ValueError, RecursionError):
        return NEEDS


def _read(raw: bytes, kind: type[M]) -> M:
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError:
        if kind is not Assigned:
            raise
    # Assertions alone refuse what they do not know, for the sake of people who mistype: here it is left out.
    value = msgspec.json.decode(raw)
    for monitor in _dicts(value, "monitors"):
        for assertion in _dicts(monitor, "assertions"):
            for name in assertion.keys() - set(Assertion.__struct_fields__):
                del assertion[name]
    return msgspec.convert(value, kind)


def _dicts(value: Any, name: str) -> list[dict[str, Any]]:
    inner = value.get(name) if isinstance(value, dict) else None
    return [one for one in inner if isinstance(one, dict)] if isinstance(inner, list) else []


def is_understood(message: "Assigned | Batch") -> bool:
    """Return whether this version understands what somebody wrote."""
    return message.needs <= WIRE
