"""From what arrived to what is believed of a monitor: by one region alone, or by several that agree."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from asura.domain.confirm import Belief, Believing, ConfirmRule, Streak, confirm
from asura.domain.heartbeat import HEARTBEAT
from asura.domain.lifecycle import Believed, Moved
from asura.domain.reason import OWN_REASONS, Reason
from asura.domain.result import Result
from asura.domain.span import Gap, back_dated
from asura.domain.status import Finding, Status
from asura.engine.draft import FAILING, VEILS, Draft
from asura.engine.monitor_state import Ears, Regional

# What is found during planned work, as its spans have it.
MEANWHILE = {
    Status.UP: Reason.MAINTENANCE_UP,
    Status.DEGRADED: Reason.MAINTENANCE_DEGRADED,
    Status.DOWN: Reason.MAINTENANCE_DOWN,
}
FAILED_BEFORE = "It failed already during the maintenance."


class Known(NamedTuple):
    """What a pass knows besides the monitor: our own gaps, and which regions could be heard."""

    now: datetime
    gaps: Sequence[Gap] = ()
    ears: Ears = Ears()


class Opinion(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be believed of a monitor after one more thing that was found or noticed at `at`.

    `doubt` is what is noted while the belief stays; `regions` are those that see it, `seen` what each region saw.
    """

    status: Status
    changed: bool
    since: datetime
    at: datetime
    reason: Reason
    message: str
    why: str
    doubt: str = ""
    regions: tuple[str, ...] = ()
    cautious: bool = False
    detail: dict[str, Any] = {}
    seen: tuple[Result, ...] = ()


def hear(draft: Draft, result: Result) -> tuple[Regional, Belief]:
    """Take a result into what its region says, and return that with what it believes now."""
    if draft.last is None or draft.last.at <= result.at or draft.last.region == result.region:
        draft.last = result
    regional = draft.regional(result.region)
    config = draft.monitor.config
    rule = ConfirmRule(config.failure_threshold, config.success_threshold)
    belief = confirm(regional.streak, result.finding, at=result.at, counted=result.counted, rule=rule)
    regional.streak = belief.streak
    if belief.changed:
        regional.since = belief.since or result.at
    regional.hear(result)
    return regional, belief


def judge_alone(draft: Draft, result: Result, known: Known) -> None:
    """Step a draft by one result, where one region checks.

    1. Our own fault hides the state, and nothing else changes. A fault of the whole process is a gap, told once for
       all monitors; one of this check alone is a span.
    2. The region confirms by its thresholds, and what it believes is believed.
    """
    _, belief = hear(draft, result)
    if result.finding is Finding.UNKNOWN:
        spans = result.reason not in OWN_REASONS
        hide(draft, result.reason.value, result.message, result.at, spans=spans)
        return
    believed = belief.streak.believed
    repeats = result.finding.status is believed
    opinion = Opinion(
        status=believed,
        # Others may have checked it too until now, and believed something else.
        changed=belief.changed or (believed is not draft.believed and believed is not Status.PENDING),
        since=min(back_dated(belief.since or result.at, known.gaps), result.at),
        at=result.at,
        reason=result.reason if repeats or belief.changed else Reason.OK,
        message=result.message,
        why=belief.reason.value,
        doubt="" if repeats else doubt_of(draft, result, belief.streak, belief.reason),
        regions=(result.region,),
        seen=(result,),
    )
    believe(draft, opinion, known, found=result.finding)


def believe(draft: Draft, opinion: Opinion, known: Known, *, found: Finding | None) -> None:
    """Make an opinion the belief. `found` is what was found just now; None when only time has passed.

    1. Under maintenance what is believed is only noted.
    2. A new belief switches the span, back-dated to its first result, and moves the incident. So does the first
       result after a maintenance that says what was found in it.
    """
    status = opinion.status
    if draft.status is Status.MAINTENANCE:
        if opinion.changed:
            _note(draft, opinion, max(opinion.since, draft.since))
    elif opinion.changed:
        _change(draft, opinion, known.now)
    elif found is not None and found.status is status and draft.owes:
        _outlive(draft, opinion, known)
    elif draft.status is Status.UNKNOWN or (draft.status is Status.LATE and found is not Finding.DOWN):
        _reappear(draft, opinion)
    elif opinion.doubt:
        draft.show(draft.status, draft.reason, opinion.doubt, draft.since)
    else:
        # What has to be told still is not forgotten by what does not tell it.
        reason = draft.reason if draft.owes else opinion.reason.value
        draft.show(status, reason, opinion.message, draft.since)
    draft.believed = status


def hide(draft: Draft, reason: str, message: str, at: datetime, *, spans: bool) -> None:
    """Show that nothing is known; what is believed stays."""
    if draft.status is Status.MAINTENANCE:
        return
    if spans and draft.recorded is not Status.UNKNOWN:
        draft.switch(Status.UNKNOWN, reason, at)
    draft.show(Status.UNKNOWN, reason, message, at)


def doubt_of(draft: Draft, result: Result, streak: Streak, reason: Believing) -> str:
    """Return the sentence about a result that speaks against what its region believes."""
    config = draft.monitor.config
    if reason is Believing.RETRYING:
        return f"{result.message} Trying again."
    if result.finding is Finding.UP:
        return f"Answers again, {streak.goods} of {config.success_threshold} in a row."
    return f"{result.message} {max(streak.downs, streak.troubles)} of {config.failure_threshold} in a row."


def _note(draft: Draft, opinion: Opinion, at: datetime) -> None:
    reason = MEANWHILE[opinion.status].value
    draft.switch(Status.MAINTENANCE, reason, at)
    text = draft.veil.sentence if draft.veil is not None else "Under maintenance."
    fails = opinion.status in FAILING
    draft.show(Status.MAINTENANCE, reason, f"{text} {opinion.message}" if fails else text, draft.since)


def _outlive(draft: Draft, opinion: Opinion, known: Known) -> None:
    """Believe what was found under maintenance, now that a check after it found the same."""
    released_at = draft.released_at or draft.since
    if opinion.at < released_at:
        return
    at = opinion.at if draft.recorded is Status.UNKNOWN else min(back_dated(released_at, known.gaps), opinion.at)
    _change(draft, msgspec.structs.replace(opinion, since=at, why=Moved.OUTLIVED.value), known.now)


def _reappear(draft: Draft, opinion: Opinion) -> None:
    reason = Reason.AFTER_MAINTENANCE.value if draft.owes else opinion.reason.value
    if draft.recorded in VEILS:
        draft.switch(opinion.status, reason, opinion.at)
    draft.show(opinion.status, reason, opinion.message, opinion.at)


def _change(draft: Draft, opinion: Opinion, now: datetime) -> None:
    released_at = draft.released_at
    text, status, since = opinion.message, opinion.status, opinion.since
    if released_at is not None:
        owes = draft.owes or opinion.at < released_at
        since = max(since, released_at)
        if status in FAILING and owes and draft.incident is None:
            text = f"{opinion.message} {FAILED_BEFORE}"
            if opinion.at < released_at and draft.monitor.config.type != HEARTBEAT:
                # A check that began under maintenance says nothing of the time after it: the next one does.
                draft.switch(status, Reason.AFTER_MAINTENANCE.value, released_at)
                draft.show(status, Reason.AFTER_MAINTENANCE.value, opinion.message, released_at)
                return
    draft.switch(status, opinion.reason.value, since)
    draft.show(status, opinion.reason.value, opinion.message, since)
    move(draft, msgspec.structs.replace(opinion, message=text, since=since), now)


def move(draft: Draft, opinion: Opinion, now: datetime) -> None:
    """Move the incident by what is believed."""
    belief = Believed(
        opinion.status,
        opinion.since,
        opinion.reason,
        opinion.message,
        opinion.why,
        opinion.regions,
        cautious=opinion.cautious,
        detail=opinion.detail,
    )
    draft.move(belief, now, seen=opinion.seen)
