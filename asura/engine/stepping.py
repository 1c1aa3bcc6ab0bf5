"""One pass of the judge in memory: what has arrived, stepped in its order; nothing of it is true before the commit."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

import msgspec

from asura.domain.confirm import is_steady
from asura.domain.reason import Reason
from asura.domain.result import Result
from asura.domain.span import Gap
from asura.domain.status import Status
from asura.engine.draft import Draft, be_late, judge_one
from asura.engine.hearing import Hearing, Knock, Late, Look
from asura.engine.live import Live, MonitorState

Item = Result | Knock | Look


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
    lasts: dict[int, Result] = {}
    drafts: dict[int, Draft] = {}
    stale: int = 0


class Stepper:
    """Steps what arrived through confirmation and incidents, over copies of what is known."""

    def __init__(self, live: Live, excuses: Excuses) -> None:
        self._live = live
        self._excuses = excuses

    def step(self, batch: Iterable[Item], hearing: Hearing, now: datetime, *, gaps: list[Gap]) -> Work:
        """Return what a batch comes to."""
        work = Work(hearing)
        for item in batch:
            state = self._live.state(item.monitor_id)
            if isinstance(item, Result):
                if state is None or state.monitor.generation != item.generation:
                    work.stale += 1
                else:
                    excused = item if item.reason is Reason.OK else self._excuses.excuse(item)
                    self._judge(work, state, excused, now, gaps=gaps)
                continue
            heard = hearing.take(item, state, now)
            if isinstance(heard, Late):
                be_late(self._draft(work, heard.monitor_id), heard.at)
            elif heard is not None and state is not None:
                self._judge(work, state, heard, now, gaps=gaps)
        return work

    def _judge(self, work: Work, state: MonitorState, result: Result, now: datetime, *, gaps: list[Gap]) -> None:
        work.results.append(result)
        draft = work.drafts.get(result.monitor_id)
        if came_late(result, work.lasts.get(result.monitor_id) or (draft or state).last, now):
            return
        if draft is None and _is_plain(state, result):
            work.lasts[result.monitor_id] = result
            return
        judge_one(self._draft(work, result.monitor_id), result, now, gaps=gaps)

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


def _is_plain(state: MonitorState, result: Result) -> bool:
    if not is_steady(state.streak(result.region), result.finding):
        return False
    if state.status is Status.MAINTENANCE:
        return True
    return state.status is result.finding.status and state.reason == result.reason.value
