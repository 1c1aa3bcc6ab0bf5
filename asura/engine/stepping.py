"""One pass of the judge in memory: what has arrived, stepped in its order; nothing of it is true before the commit."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from asura.domain.confirm import is_steady
from asura.domain.reason import Reason
from asura.domain.region import LOCAL
from asura.domain.result import Result
from asura.domain.span import Gap
from asura.domain.status import Finding, Status
from asura.engine.agreeing import judge_one_of_several
from asura.engine.believing import Known, judge_alone
from asura.engine.delivery import Delivery
from asura.engine.draft import Draft, be_late
from asura.engine.hearing import Hearing, Knock, Late, Look
from asura.engine.live import Live
from asura.engine.monitor_state import MonitorState

Item = Result | Knock | Look | Delivery


class Excuses(Protocol):
    """Who knows of our own faults."""

    def excuse(self, result: Result) -> Result:
        """Return the result, or an unknown one when our own fault explains it."""
        ...

    def gaps(self) -> list[Gap]:
        """Return our own gaps of late, oldest first."""
        ...


class Work(msgspec.Struct):
    """What one pass found: rows to store, and what becomes of each state once they are."""

    hearing: Hearing
    results: list[Result] = []
    # What only repeats what is believed, by monitor and region.
    lasts: dict[tuple[int, str], Result] = {}
    drafts: dict[int, Draft] = {}
    deliveries: list[Delivery] = []
    stale: int = 0


class Stepper:
    """Steps what arrived through confirmation and incidents, over copies of what is known."""

    def __init__(self, live: Live, excuses: Excuses) -> None:
        self._live = live
        self._excuses = excuses

    def step(self, batch: Iterable[Item], hearing: Hearing, now: datetime, *, gaps: list[Gap]) -> Work:
        """Return what a batch comes to."""
        work, known = Work(hearing), Known(now, gaps, self._live.ears)
        for item in batch:
            if isinstance(item, Delivery):
                self._take_in(work, item, known)
                continue
            state = self._live.state(item.monitor_id)
            if isinstance(item, Result):
                if state is None or state.monitor.generation != item.generation:
                    work.stale += 1
                else:
                    # What a probe found, our own faults do not explain.
                    ours = item.reason is not Reason.OK and item.region == LOCAL
                    self._judge(work, state, self._excuses.excuse(item) if ours else item, known)
                continue
            heard = hearing.take(item, state, now)
            if isinstance(heard, Late):
                be_late(self._draft(work, heard.monitor_id), heard.at)
            elif heard is not None and state is not None:
                self._judge(work, state, heard, known)
        return work

    def _take_in(self, work: Work, delivery: Delivery, known: Known) -> None:
        """Judge what is news in a delivery. What is history, or has become so, is stored alone."""
        work.deliveries.append(delivery)
        work.results.extend(delivery.past)
        for result in delivery.news:
            state = self._live.state(result.monitor_id)
            if state is not None and state.monitor.generation == result.generation:
                self._judge(work, state, result, known)
            else:
                work.stale += 1
                work.results.append(result)

    def _judge(self, work: Work, state: MonitorState, result: Result, known: Known) -> None:
        work.results.append(result)
        if result.region not in state.electorate.regions:
            return
        draft = work.drafts.get(result.monitor_id)
        plain = work.lasts.get((result.monitor_id, result.region))
        last = state.last_of(result.region) if draft is None else draft.last_of(result.region)
        if came_late(result, last, known.now) or came_late(result, plain, known.now):
            return
        if draft is None and _is_plain(state, result, known.now):
            work.lasts[result.monitor_id, result.region] = result
            return
        draft = self._draft(work, result.monitor_id)
        step = judge_one_of_several if draft.electorate.elsewhere else judge_alone
        step(draft, result, known)

    def _draft(self, work: Work, monitor_id: int) -> Draft:
        draft = work.drafts.get(monitor_id)
        if draft is None:
            state = self._live.state(monitor_id)
            assert state is not None, "whoever steps a monitor has looked it up"
            draft = work.drafts[monitor_id] = Draft(state, self._live.incidents.get(state.incident_id or 0))
        return draft


def came_late(result: Result, last: Result | None, now: datetime) -> bool:
    """Return whether a result began before one of its region that was judged already: history, and no news.

    A last result of the future was stamped before the clock was set back, and nothing can be late for it.
    """
    return last is not None and result.at < last.at <= now and result.region == last.region


def _is_plain(state: MonitorState, result: Result, now: datetime) -> bool:
    if not is_steady(state.streak(result.region), result.finding):
        return False
    if state.electorate.elsewhere:
        return _keeps_its_vote(state, result, now)
    if state.status is Status.MAINTENANCE:
        return True
    return state.status is result.finding.status and state.reason == result.reason.value


def _keeps_its_vote(state: MonitorState, result: Result, now: datetime) -> bool:
    """Return whether a region only says again what it says, and has a vote already: the verdict is the same."""
    regional, verdict = state.regions.get(result.region), state.verdict
    if regional is None or regional.heard_at is None or regional.last is None or verdict is None:
        return False
    if now - regional.heard_at >= timedelta(seconds=state.electorate.fresh_s):
        return False
    shown = state.status is verdict.status or state.status is Status.MAINTENANCE
    if not shown or state.reason == Reason.AFTER_MAINTENANCE or regional.recorded is not result.finding.status:
        return False
    if result.finding is Finding.UP:
        return result.region in verdict.healthy
    return result.region in verdict.failing and regional.last.reason is result.reason
