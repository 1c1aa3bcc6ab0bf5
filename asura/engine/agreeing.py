"""What several regions agree on: each confirms for itself, and enough of them make a verdict."""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from asura.domain import agreement
from asura.domain.confirm import Believing, Streak
from asura.domain.consensus import Silence, Verdict, consensus
from asura.domain.reason import OWN_REASONS, Reason
from asura.domain.result import Evidence, Result
from asura.domain.span import back_dated
from asura.domain.status import Finding, Status
from asura.engine.believing import Known, Opinion, believe, doubt_of, hear, hide, move
from asura.engine.draft import FAILING, Draft, Switch
from asura.engine.monitor_state import Regional, reports

# Why a region has no vote that was there to check, and could not.
_TRIED = frozenset({Silence.ABSTAINED, Silence.BLIND})


def judge_one_of_several(draft: Draft, result: Result, known: Known) -> None:
    """Step a draft by one result, where several regions check.

    1. The region confirms by the thresholds of the monitor; its own span follows.
    2. The verdict of all regions is what is believed, and its reason is kept.
    """
    _begin_anew(draft, result, known)
    regional, belief = hear(draft, result)
    _record(draft, result, regional, known)
    doubt = ""
    if result.finding not in (Finding.UNKNOWN,) and result.finding.status is not belief.streak.believed:
        doubt = f"{result.region}: {doubt_of(draft, result, belief.streak, belief.reason)}"
    recovered_at = belief.since if belief.reason is Believing.RECOVERY_CONFIRMED else None
    _agree(draft, known, at=result.at, doubt=doubt, recovered_at=recovered_at, found=result.finding)


def _begin_anew(draft: Draft, result: Result, known: Known) -> None:
    """Forget what a region believed that was silent for too long: it has to see for itself before it votes again."""
    regional, fresh = draft.regions.get(result.region), fresh_of(draft)
    counts_from = None if regional is None else known.ears.counts_from(regional.heard_at, fresh)
    if counts_from is not None and result.at - counts_from >= fresh:
        draft.regional(result.region).streak = Streak()


def reconsider(draft: Draft, known: Known) -> None:
    """Step a draft by nothing but time, or by who has a vote: reports that became too old, a region that is gone."""
    let_go(draft, known.now)
    if not draft.electorate.elsewhere:
        draft.verdict = None
        return
    fresh = fresh_of(draft)
    for region in draft.electorate.regions:
        regional = draft.regions.get(region)
        if regional is None or region in known.ears.mute or regional.recorded in (None, Status.UNKNOWN):
            continue
        counts_from = known.ears.counts_from(regional.heard_at, fresh)
        if counts_from is not None and counts_from + fresh <= known.now:
            _switch(draft, draft.regional(region), region, Status.UNKNOWN, Reason.REGION_SILENT, counts_from + fresh)
    _agree(draft, known, at=known.now, doubt="", recovered_at=None, found=None)


def let_go(draft: Draft, now: datetime) -> None:
    """End the spans of regions that no longer check, and forget what these said."""
    for region, regional in list(draft.regions.items()):
        checks = region in draft.electorate.regions
        if not (checks and draft.electorate.elsewhere) and regional.recorded not in (None, Status.PAUSED):
            # Where the primary alone is left, the whole is what it sees.
            _switch(draft, draft.regional(region), region, Status.PAUSED, Reason.PAUSED, now)
            draft.regional(region).recorded = None
        if not checks:
            del draft.regions[region]


def verdict_of(draft: Draft, known: Known) -> Verdict:
    """Return what the regions agree on."""
    said = reports(draft.electorate, draft.regions, known.ears)
    return consensus(said, draft.electorate.quorum, fresh_of(draft), known.now)


def fresh_of(draft: Draft) -> timedelta:
    """Return for how long a report counts."""
    return timedelta(seconds=draft.electorate.fresh_s)


def _agree(
    draft: Draft, known: Known, *, at: datetime, doubt: str, recovered_at: datetime | None, found: Finding | None
) -> None:
    verdict = draft.verdict = verdict_of(draft, known)
    if verdict.status is Status.UNKNOWN:
        _know_nothing(draft, verdict, at)
        return
    if verdict.status is Status.PENDING:
        _wait(draft, verdict)
        return
    opinion = _opinion(draft, verdict, known, at=at, doubt=doubt, recovered_at=recovered_at)
    believe(draft, opinion, known, found=_found(draft, verdict, found))
    warned = draft.incident is not None and draft.incident.severity == "warning"
    agreed = verdict.status is Status.DOWN and not verdict.cautious
    if agreed and warned and not opinion.changed and draft.status is not Status.MAINTENANCE:
        # As bad as before, and more say so. That fewer can say it makes nothing better.
        move(draft, opinion, known.now)


def _know_nothing(draft: Draft, verdict: Verdict, at: datetime) -> None:
    """Say that nothing is known and why. What no region has tried to check yet still waits for its first check."""
    tried = [region for region, why in verdict.silent if why in _TRIED]
    lasts = [last for region in tried if (last := draft.last_of(region)) and last.finding is Finding.UNKNOWN]
    said = max(lasts, key=lambda one: one.at, default=None)
    text = agreement.no_vote(verdict, said.message, said.region) if said else agreement.no_vote(verdict)
    if draft.status is Status.PENDING and not tried:
        draft.show(draft.status, draft.reason, text, draft.since)
    else:
        hide(draft, Reason.NO_VOTE.value, text, at, spans=True)


def _wait(draft: Draft, verdict: Verdict) -> None:
    """Leave what is believed as it is, and say for whom it is waited."""
    if draft.status is Status.MAINTENANCE:
        return
    witness = _witness(draft, verdict)
    said = witness.message if verdict.failing and witness is not None else ""
    region = witness.region if witness is not None else ""
    draft.show(draft.status, draft.reason, agreement.waiting(verdict, said, region), draft.since)


def _found(draft: Draft, verdict: Verdict, found: Finding | None) -> Finding | None:
    """Return what a result speaks for, of the whole.

    What fails in a minority fails for nobody; what was seen before planned work ended says nothing of what came after.
    """
    if found is None or found is Finding.UNKNOWN:
        return None
    released_at = draft.released_at
    if verdict.status in FAILING and released_at is not None:
        lasts = [draft.last_of(region) for region in verdict.failing]
        if sum(one is not None and one.at >= released_at for one in lasts) < verdict.needed:
            return None
    return {Status.DOWN: Finding.DOWN, Status.DEGRADED: Finding.DEGRADED}.get(verdict.status, Finding.UP)


def _opinion(
    draft: Draft, verdict: Verdict, known: Known, *, at: datetime, doubt: str, recovered_at: datetime | None
) -> Opinion:
    status, changed = verdict.status, verdict.status is not draft.believed
    witness = _witness(draft, verdict)
    # What is believed now was seen to hold: what comes after it did not begin before it.
    since = max(verdict.since or recovered_at or at, draft.believed_from or verdict.since or at)
    fails = status in FAILING
    said, region = (witness.message, witness.region) if witness is not None else ("", "")
    text = agreement.sentence(verdict, said, region) if verdict.failing else ""
    return Opinion(
        status=status,
        changed=changed,
        since=min(back_dated(since, known.gaps), at),
        at=at,
        reason=witness.reason if fails and witness is not None else Reason.OK,
        message=text,
        why=verdict.reason.value,
        doubt=doubt if not changed and not verdict.failing else "",
        regions=verdict.failing,
        cautious=verdict.cautious,
        detail=detail(verdict) if changed or fails else {},
        seen=seen_by_all(draft, known.now) if changed else (),
    )


def detail(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as it is kept with an event: who fails, who does not, who has no vote and why."""
    alone = {"alone": verdict.failing[0]} if verdict.cautious and verdict.status is Status.DOWN else {}
    return alone | {
        "agreement": {
            "failing": list(verdict.failing),
            "healthy": list(verdict.healthy),
            "silent": {region: why.value for region, why in verdict.silent},
            "quorum": verdict.asked,
            "needed": verdict.needed,
        }
    }


def _witness(draft: Draft, verdict: Verdict) -> Result | None:
    """Return the result that speaks for those who fail: the newest of the worst of them; None when nobody fails."""
    failing = [draft.regions[one] for one in verdict.failing if one in draft.regions]
    seen = [one.seen or one.last for one in failing]
    results = [one for one in seen if one is not None]
    return max(results, key=lambda one: (one.finding is Finding.DOWN, one.at), default=None)


def seen_by_all(draft: Draft, now: datetime) -> tuple[Result, ...]:
    """Return what each region saw of late, for the record: also those that saw it well."""
    found = []
    oldest = now - fresh_of(draft)
    for region in draft.electorate.regions:
        regional = draft.regions.get(region)
        result = (regional.seen or regional.last) if regional is not None else None
        if result is None or regional is None or (regional.heard_at or result.at) < oldest:
            continue
        if result.evidence is None:
            bare = Evidence(latency_ms=result.latency_ms, phases_ms=result.phases)
            result = msgspec.structs.replace(result, evidence=bare)
        found.append(result)
    return tuple(found)


def _record(draft: Draft, result: Result, regional: Regional, known: Known) -> None:
    """Keep the region's own span in step with what it believes."""
    if result.finding is Finding.UNKNOWN:
        if regional.recorded is not Status.UNKNOWN and result.reason not in OWN_REASONS:
            _switch(draft, regional, result.region, Status.UNKNOWN, result.reason, result.at)
        return
    believed = regional.streak.believed
    if believed is Status.PENDING or regional.recorded is believed:
        return
    since = regional.since or result.at
    if regional.recorded in (None, Status.UNKNOWN):
        since = result.at
    at = min(back_dated(since, known.gaps), result.at)
    reason = result.reason if result.finding.status is believed else Reason.OK
    _switch(draft, regional, result.region, believed, reason, at)


def _switch(draft: Draft, regional: Regional, region: str, status: Status, reason: Reason, at: datetime) -> None:
    regional.recorded = status
    draft.regional_switches.append(Switch(draft.monitor.id, status, reason.value, at, region))
