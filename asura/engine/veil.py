"""Planned work lies over what is believed of a monitor like a veil: it is checked and judged, and nobody is told.

What is found meanwhile stands in the reasons of its maintenance spans, so that a restart knows it too.
"""

from datetime import datetime

from asura.domain.confirm import Believing
from asura.domain.heartbeat import HEARTBEAT
from asura.domain.lifecycle import Believed, Hold, Moved, Release
from asura.domain.reason import Reason
from asura.domain.status import Finding, Status
from asura.engine.agreeing import detail
from asura.engine.believing import FAILED_BEFORE, MEANWHILE
from asura.engine.draft import FAILING, Draft
from asura.engine.monitor_state import Veil

AGAIN = "It failed during the maintenance, and is checked again now."


def lay(draft: Draft, veil: Veil, at: datetime, now: datetime) -> None:
    """Put a monitor under maintenance from `at` on; an incident that is open waits for the end."""
    owes, draft.behind, draft.veil = draft.owes, draft.believed, veil
    # What failed in the maintenance before, and was not told yet, is not forgotten in this one.
    reason = MEANWHILE[draft.believed] if owes else Reason.MAINTENANCE
    draft.switch(Status.MAINTENANCE, reason.value, at)
    draft.show(Status.MAINTENANCE, reason.value, veil.sentence, at)
    if draft.incident is not None:
        draft.move(Hold(f"{veil.sentence} Nobody is reminded until then."), now)


def lift(draft: Draft, at: datetime, now: datetime) -> bool:
    """End a maintenance at `at`; return whether a check has to say how it is, because it failed meanwhile.

    What recovered is told now, and what was down before goes on. What failed meanwhile and waits for a ping is down
    from now on; what can be checked is, before anybody is told.
    """
    believed, found = draft.believed, draft.reason
    recovered_at = draft.state.spans[-1].from_at if found == Reason.MAINTENANCE_UP and draft.state.spans else at
    failed_meanwhile = believed in FAILING and draft.incident is None and found == MEANWHILE[believed]
    asks = failed_meanwhile and draft.monitor.config.type != HEARTBEAT
    draft.veil = None
    reason, message = _remembered(draft)
    if asks:
        reason, message = Reason.AFTER_MAINTENANCE, f"{message} {AGAIN}".strip()
    draft.switch(believed, reason.value, at)
    draft.show(believed, reason.value, message, at)
    _tell(draft, at, recovered_at, now, opens=failed_meanwhile and not asks)
    last = draft.last
    ours = last is not None and last.finding is Finding.UNKNOWN and not draft.electorate.elsewhere
    if ours and last is not None and not asks:
        draft.show(Status.UNKNOWN, last.reason.value, last.message, at)
    return asks or believed in FAILING


def _remembered(draft: Draft) -> tuple[Reason, str]:
    """Return why it is as it is believed to be."""
    last = draft.last
    if last is not None and last.finding.status is draft.believed:
        return last.reason, last.message
    if draft.believed is Status.PENDING:
        waits = draft.monitor.config.type == HEARTBEAT
        return (Reason.NOT_PINGED if waits else Reason.NOT_CHECKED), ""
    return Reason.OK, ""


def _belief(draft: Draft, since: datetime, why: str, text: str = "") -> Believed:
    """Return what is believed, as regions say it where several do."""
    reason, message = _remembered(draft)
    if draft.electorate.elsewhere and draft.verdict is not None:
        cautious, regions, more = draft.verdict.cautious, draft.verdict.failing, detail(draft.verdict)
    else:
        cautious, regions, more = False, (draft.last.region,) if draft.last is not None else (), {}
    said = f"{message} {text}".strip()
    return Believed(draft.believed, since, reason, said, why, regions, cautious=cautious, detail=more)


def _tell(draft: Draft, at: datetime, recovered_at: datetime, now: datetime, *, opens: bool) -> None:
    believed = draft.believed
    if opens:
        seen = () if draft.last is None else (draft.last,)
        draft.move(_belief(draft, at, Moved.OUTLIVED.value, FAILED_BEFORE), now, seen=seen)
    elif draft.incident is None:
        return
    elif believed is Status.UP:
        draft.move(_belief(draft, recovered_at, Believing.RECOVERY_CONFIRMED.value), now)
    elif believed in FAILING:
        draft.move(_belief(draft, at, Believing.FAILURE_CONFIRMED.value), now)
        draft.move(Release("The maintenance is over; reminders go on."), now)
