"""One monitor as it stands: what each region believes, what they agree on, and what is shown."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from asura.domain.confirm import Streak, settled
from asura.domain.consensus import FAILING, Report, Silence, Verdict
from asura.domain.monitor import Monitor
from asura.domain.region import LOCAL, Electorate
from asura.domain.result import Result
from asura.domain.span import Gap, Span, pushed, switched
from asura.domain.status import Finding, Status

DAY = timedelta(days=1)
BELIEVABLE = frozenset({Status.UP, Status.DEGRADED, Status.DOWN})
ALONE = Electorate((LOCAL,), 1, 0.0)


class Veil(NamedTuple):
    """Planned work that lies over a monitor: how it is called, and when it ends as far as is known."""

    name: str
    until: datetime

    @property
    def sentence(self) -> str:
        """Return what is to be known of it, for people."""
        return f"Under maintenance ({self.name}) until {self.until:%Y-%m-%d %H:%M} UTC."


class Ears(NamedTuple):
    """What is known of whether regions could be heard: those without a vote, and our own gaps."""

    mute: Mapping[str, Silence] = {}
    gaps: Sequence[Gap] = ()

    def counts_from(self, heard_at: datetime | None, fresh: timedelta) -> datetime | None:
        """Return from when on the time of a report runs: while we could not hear, it did not."""
        if heard_at is None or not self.gaps:
            return heard_at
        return pushed(heard_at, fresh, self.gaps)


class Regional:
    """What one region says of a monitor: what it believes and doubts, since when, and what it saw.

    `heard_at` is when its newest news was made, or when it was first asked; `seen` the newest failing result that has
    evidence, until it sees it well again; `recorded` the state of its open span, where it is checked from elsewhere;
    `told`: people know that it fails alone.
    """

    __slots__ = ("heard_at", "last", "recorded", "seen", "since", "streak", "told")

    def __init__(self, streak: Streak, *, since: datetime | None = None) -> None:
        self.streak = streak
        self.since = since
        self.last: Result | None = None
        self.heard_at: datetime | None = None
        self.seen: Result | None = None
        self.recorded: Status | None = None
        self.told = False

    def copy(self) -> "Regional":
        """Return one to change; this one stays as it is."""
        other = Regional(self.streak, since=self.since)
        other.last, other.heard_at, other.seen = self.last, self.heard_at, self.seen
        other.recorded, other.told = self.recorded, self.told
        return other

    def hear(self, result: Result) -> None:
        """Take in a result: the newest that it has."""
        self.last, self.heard_at = result, result.at
        if result.finding is Finding.UP:
            self.seen = self.seen if self.streak.believed in FAILING else None
        elif result.evidence is not None or self.seen is None:
            self.seen = result

    def report(self, region: str, ears: Ears, fresh: timedelta) -> Report:
        """Return what it says for a vote; a report counts for `fresh`."""
        silence = ears.mute.get(region)
        if silence is None and self.last is not None and self.last.finding is Finding.UNKNOWN:
            silence = Silence.ABSTAINED
        return Report(region, self.streak.believed, self.since, ears.counts_from(self.heard_at, fresh), silence)


class MonitorState:
    """One monitor as it stands: its configuration, what each region believes, and what is shown."""

    __slots__ = (
        "behind",
        "believed",
        "electorate",
        "incident_id",
        "last",
        "message",
        "monitor",
        "reason",
        "regions",
        "shown_at",
        "since",
        "spans",
        "status",
        "veil",
        "verdict",
    )

    def __init__(self, monitor: Monitor, *, status: Status, since: datetime, reason: str, message: str = "") -> None:
        self.monitor = monitor
        self.status = status
        self.reason = reason
        self.message = message
        self.since = since
        # What was last believed, also while our own fault or planned work hides the present.
        self.believed: Status = (
            Status.UP if status is Status.LATE else status if status in BELIEVABLE else Status.PENDING
        )
        self.electorate = ALONE
        self.regions: dict[str, Regional] = {}
        self.verdict: Verdict | None = None
        # The newest result of any region.
        self.last: Result | None = None
        self.incident_id: int | None = None
        # Planned work that covers it, and what was believed when it began.
        self.veil: Veil | None = None
        self.behind = Status.PENDING
        # When listeners were last given the whole row.
        self.shown_at = since
        # The believed states of the last day, oldest first; the last one is open.
        self.spans: list[Span] = []

    def streak(self, region: str) -> Streak:
        """Return what one region believes and doubts."""
        regional = self.regions.get(region)
        if regional is not None:
            return regional.streak
        return Streak() if self.electorate.elsewhere else settled(self.believed)

    def last_of(self, region: str) -> Result | None:
        """Return the newest result of a region."""
        regional = self.regions.get(region)
        return regional.last if regional is not None else None

    def reports(self, ears: Ears) -> list[Report]:
        """Return what each region that checks it says."""
        return reports(self.electorate, self.regions, ears)

    def ask(self, now: datetime) -> None:
        """Note that regions that said nothing yet are asked from now on, and have their time to answer."""
        for region in self.electorate.regions:
            if region not in self.regions:
                asked = self.regions[region] = Regional(self.streak(region))
                asked.heard_at = now

    def repeat(self, result: Result) -> None:
        """Take in a result that only repeats what is believed."""
        regional = self.regions.get(result.region)
        if regional is None:
            regional = self.regions[result.region] = Regional(self.streak(result.region))
        regional.hear(result)
        self.last = result
        if self.status is not Status.MAINTENANCE and not self.electorate.elsewhere:
            self.message = result.message

    def forget_doubts(self) -> None:
        """Keep what is believed, and forget what speaks against it: it was about another check."""
        for regional in self.regions.values():
            regional.streak = settled(regional.streak.believed)

    def forget(self, status: Status) -> None:
        """Begin anew in a state that nobody checked: what regions said is over."""
        self.regions, self.verdict = {}, None
        self.believed = status if status in BELIEVABLE else Status.PENDING

    def switch(self, span: Span, now: datetime) -> None:
        """Begin a span where the last one ends, and forget what is older than a day."""
        recent = [old for old in self.spans if old.to_at is None or old.to_at > now - DAY]
        self.spans = switched(recent, span)


def reports(electorate: Electorate, regions: Mapping[str, Regional], ears: Ears) -> list[Report]:
    """Return what each region of an electorate says, in its order."""
    found, fresh = [], timedelta(seconds=electorate.fresh_s)
    for region in electorate.regions:
        regional = regions.get(region)
        found.append(
            Report(region, silence=ears.mute.get(region)) if regional is None else regional.report(region, ears, fresh)
        )
    return found
