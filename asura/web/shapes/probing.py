"""Answers about probes, and about the regions that they check from."""

from typing import Literal

import msgspec

from asura.web.shapes.common import Instant, Ratio, StatusWord
from asura.web.shapes.watching import Result


class Probe(msgspec.Struct):
    """A probe, and how it does. `blind` is why it cannot see, as a sentence; `lag_s` how old the oldest result is that
    it has not delivered; `late_s` how late its checks begin; `clock_skew_s` by how much its clock is ahead of ours.
    `shared`: it came by the key of all.
    """

    id: int
    region: str
    name: str
    shared: bool
    version: str
    last_seen_at: Instant | None
    online: bool
    blind: str | None
    clock_skew_s: float
    lag_s: float
    late_s: float
    checks_per_s: float
    in_flight: int
    spooled: int
    lost: int
    refused: int
    monitors: int
    created_by: str
    created_at: Instant


class ProbeWithKey(Probe):
    """A probe that was just made, or has another key: the only time that `key` is shown. `primary` is the address that
    it is started with.
    """

    key: str = ""
    primary: str = ""


class Region(msgspec.Struct):
    """A place that monitors are checked from. `votes` is false while nobody speaks for it, and `why` says so; `failing`
    is how many of its monitors it sees fail, `failing_ids` the first of them. Of `local`, which is asura itself, no
    probes are counted.
    """

    region: str
    probes: int
    online: int
    votes: bool
    why: Literal["offline", "blind"] | None
    monitors: int
    failing: int
    failing_ids: list[int]


class Regions(msgspec.Struct):
    """Every region."""

    data: list[Region]


class RegionalView(msgspec.Struct):
    """What one region says of a monitor, and how it was for it in the last 24 hours. `why` says why it has no vote."""

    region: str
    status: StatusWord
    since: Instant | None
    votes: bool
    why: Literal["pending", "stale", "abstained", "offline", "blind"] | None
    message: str
    last_result: Result | None
    uptime_24h_ratio: Ratio | None
    p50_ms: float | None
    p95_ms: float | None
    checks_24h: int


class MonitorRegions(msgspec.Struct):
    """What the regions that check a monitor agree on. `quorum` is how many must say that it fails, `asked` and `needed`
    the same at the last verdict: as set, and with those that have a vote. `reason` is null where one region checks it.
    """

    quorum: int
    asked: int
    needed: int
    reason: (
        Literal[
            "none_failing",
            "minority_failing",
            "quorum_failing",
            "all_voters_failing",
            "single_voter_failing",
            "no_vote",
        ]
        | None
    )
    sentence: str
    regions: list[RegionalView]
