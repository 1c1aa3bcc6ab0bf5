"""How many regions must say that something is down before it is: votes, their freshness, and the verdict."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from asura.domain.status import Status

FAILING = frozenset({Status.DOWN, Status.DEGRADED})


class Silence(StrEnum):
    """Why a region has no vote."""

    # It has not said anything yet, or nothing that it is sure of.
    PENDING = "pending"
    # Its newest report is too old.
    STALE = "stale"
    # Its newest check said nothing about the target: a fault of its own.
    ABSTAINED = "abstained"
    # No probe of it is there.
    OFFLINE = "offline"
    # Its probes cannot see: their own connection is at fault.
    BLIND = "blind"


class Report(msgspec.Struct, frozen=True):
    """What one region says: what it believes by its own thresholds, since when, and when it last said anything.

    `at` of a region that believes nothing yet is when it was asked, or heard last: while that is fresh it is undecided.
    `silence` tells why it has no vote although it may have said something.
    """

    region: str
    believed: Status = Status.PENDING
    since: datetime | None = None
    at: datetime | None = None
    silence: Silence | None = None


class Agreement(StrEnum):
    """Why a verdict is what it is."""

    NONE_FAILING = "none_failing"
    # Some fail, and not enough of them.
    MINORITY = "minority_failing"
    QUORUM = "quorum_failing"
    # Fewer have a vote than have to agree, and all of them fail.
    LOWERED = "all_voters_failing"
    # The same, with one voter left of several regions.
    ALONE = "single_voter_failing"
    # Those who have a vote fail, too few of them, and others are about to make up their minds.
    UNDECIDED = "undecided"
    NO_VOTE = "no_vote"


class Verdict(msgspec.Struct, frozen=True):
    """What the regions agree on. `asked` is the quorum as set, `needed` the one in force with these voters.

    `since` is, of what fails, the first failing check that belongs to it; None when nothing fails.
    """

    status: Status
    reason: Agreement
    asked: int
    needed: int
    failing: tuple[str, ...] = ()
    healthy: tuple[str, ...] = ()
    silent: tuple[tuple[str, Silence], ...] = ()
    since: datetime | None = None

    @property
    def cautious(self) -> bool:
        """Return whether one region alone says so, where several were to."""
        return self.reason is Agreement.ALONE


def consensus(reports: Sequence[Report], quorum: int, fresh: timedelta, now: datetime) -> Verdict:
    """Return what the regions agree on; `reports` has one of each region that checks.

    1. A region votes while its newest report is younger than `fresh`; a fault of its own abstains.
    2. No voter: unknown.
    3. With fewer voters than the quorum, all of them must fail; where that leaves one of several, it is said. A region
       that was asked and is not sure yet is waited for as long as a report counts.
    4. Down when enough are down, degraded when enough are down or degraded, else up.
    """
    silent = tuple((one.region, why) for one in reports if (why := silence(one, fresh, now)) is not None)
    hushed = {region for region, _ in silent}
    voters = [one for one in reports if one.region not in hushed]
    failing = [one for one in voters if one.believed in FAILING]
    names = tuple(one.region for one in failing)
    healthy = tuple(one.region for one in voters if one.believed not in FAILING)
    undecided = sum(_is_undecided(one, fresh, now) for one in reports)
    if not voters and not undecided:
        return Verdict(Status.UNKNOWN, Agreement.NO_VOTE, quorum, quorum, silent=silent)
    needed = min(quorum, len(voters) + undecided)
    if len(failing) < needed and not healthy:
        return Verdict(Status.PENDING, Agreement.UNDECIDED, quorum, needed, names, healthy, silent)
    if len(failing) < needed:
        reason = Agreement.MINORITY if failing else Agreement.NONE_FAILING
        return Verdict(Status.UP, reason, quorum, needed, names, healthy, silent)
    down = [one for one in failing if one.believed is Status.DOWN]
    status, which = (Status.DOWN, down) if len(down) >= needed else (Status.DEGRADED, failing)
    reason = Agreement.QUORUM
    if needed < quorum:
        reason = Agreement.ALONE if needed == 1 else Agreement.LOWERED
    return Verdict(status, reason, quorum, needed, names, healthy, silent, _since(which, needed, fresh))


def silence(report: Report, fresh: timedelta, now: datetime) -> Silence | None:
    """Return why a region has no vote; None when it has one."""
    if report.silence is not None:
        return report.silence
    if report.believed is Status.PENDING or report.at is None:
        return Silence.PENDING
    return Silence.STALE if now - report.at >= fresh else None


def changes_at(reports: Sequence[Report], fresh: timedelta, now: datetime) -> datetime | None:
    """Return when the next vote expires, or nobody waits for one any longer, without a new report; None for never."""
    counting = (one for one in reports if silence(one, fresh, now) is None or _is_undecided(one, fresh, now))
    return min((one.at + fresh for one in counting if one.at is not None), default=None)


def _is_undecided(report: Report, fresh: timedelta, now: datetime) -> bool:
    asked = report.silence is None and report.believed is Status.PENDING and report.at is not None
    return asked and report.at is not None and now - report.at < fresh


def _since(failing: Sequence[Report], needed: int, fresh: timedelta) -> datetime | None:
    """Return when what enough regions see began.

    That is when the last of the needed ones began to fail, or an earlier failure of another one that belongs to the
    same outage: one that had failed alone for long does not date it.
    """
    begun = sorted(one.since for one in failing if one.since is not None)
    if len(begun) < needed:
        return None
    agreed_at = begun[needed - 1]
    return min(at for at in begun[:needed] if agreed_at - at <= fresh)


def alone_at(verdict: Verdict, reports: Sequence[Report], fresh: timedelta, now: datetime) -> datetime | None:
    """Return when the next region will have failed alone for long enough to be worth a notice; None when none does."""
    if verdict.reason is not Agreement.MINORITY:
        return None
    since = (one.since for one in reports if one.region in verdict.failing and one.since is not None)
    return min((at + fresh for at in since if at + fresh > now), default=None)


def is_alone(verdict: Verdict, report: Report, fresh: timedelta, now: datetime) -> bool:
    """Return whether a region fails, for longer than a report counts, and too few others do: worth a notice."""
    lonely = verdict.reason is Agreement.MINORITY and report.region in verdict.failing
    return lonely and report.since is not None and now - report.since >= fresh
