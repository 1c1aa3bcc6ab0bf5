"""Regions that fail alone: no outage, and some want to know. Many monitors of one region are one message."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta

from asura.domain.consensus import is_alone
from asura.domain.incident import EventType
from asura.domain.instant import at_ms
from asura.domain.status import Status
from asura.engine.live import Live
from asura.engine.monitor_state import MonitorState
from asura.engine.notice import Notice, tell
from asura.store.db import Store

# What fails from one region mostly does so together, and is noticed one by one.
GATHER = timedelta(seconds=15)
SHOWN_NAMES = 5


class Lonely:
    """Gathers what fails from one region alone, and what does so no more, for a minute, and tells it together."""

    def __init__(self, store: Store, live: Live, *, url: str) -> None:
        self._store = store
        self._live = live
        self._url = url
        # By event and region: the monitors, and when they are told of.
        self._gathered: dict[tuple[EventType, str], dict[int, None]] = {}
        self._tell_at: dict[tuple[EventType, str], datetime] = {}

    @property
    def changes_at(self) -> datetime | None:
        """Return when something is to be told next."""
        return min(self._tell_at.values(), default=None)

    def compare(self, state: MonitorState, now: datetime) -> None:
        """Note which regions of a monitor fail alone, and which of those that were told of do no more."""
        verdict, fresh = state.verdict, timedelta(seconds=state.electorate.fresh_s)
        if verdict is None:
            return
        for region, regional in state.regions.items():
            report = regional.report(region, self._live.ears, fresh)
            alone = state.status is Status.UP and is_alone(verdict, report, fresh, now)
            if alone and not regional.told:
                regional.told = True
                self._gather(EventType.REGION_FAILING, region, state, now)
            elif regional.told and region in verdict.healthy:
                # That it failed alone is over when it sees it working, not when others fail too.
                regional.told = False
                if not self._is_waiting(region, state):
                    self._gather(EventType.REGION_RECOVERED, region, state, now)

    async def tell(self, now: datetime) -> bool:
        """Tell what has been gathered for long enough; return whether anybody is told of anything."""
        due = [key for key, at in self._tell_at.items() if at <= now]
        notices = [notice for key in due if (notice := self._notice(*key, now)) is not None]
        channels = list(self._live.channels.values())

        def change(db: sqlite3.Connection) -> int:
            return sum(tell(db, notice, channels, now, url=self._url) for notice in notices)

        told = await self._store.write(change) if notices else 0
        for key in due:
            del self._tell_at[key], self._gathered[key]
        return told > 0

    def _gather(self, event: EventType, region: str, state: MonitorState, now: datetime) -> None:
        key = event, region
        self._gathered.setdefault(key, {})[state.monitor.id] = None
        self._tell_at.setdefault(key, now + GATHER)

    def _is_waiting(self, region: str, state: MonitorState) -> bool:
        """Take back what was about to be told of a monitor; return whether there was anything."""
        waiting = self._gathered.get((EventType.REGION_FAILING, region), {})
        found = state.monitor.id in waiting
        waiting.pop(state.monitor.id, None)
        return found

    def _notice(self, event: EventType, region: str, now: datetime) -> Notice | None:
        found = (self._live.state(one) for one in self._gathered[event, region])
        states = [state for state in found if state is not None and region in state.regions]
        if not states:
            return None
        states.sort(key=lambda state: state.monitor.config.name)
        return _alone(region, states, now) if event is EventType.REGION_FAILING else _again(region, states, now)


def _alone(region: str, states: Sequence[MonitorState], now: datetime) -> Notice:
    since = min((state.regions[region].since or now for state in states), default=now)
    said = next((seen.message for state in states if (seen := state.regions[region].seen) is not None), "")
    text = f"It fails from {region} since {since:%Y-%m-%d %H:%M} UTC, and from too few others for an incident. {said}"
    title = f"FAILS FROM {region} ALONE: {_names(states)}"
    return Notice(
        event=EventType.REGION_FAILING,
        number=at_ms(since),
        title=title,
        text=text.strip(),
        reason="region_failing_alone",
        subject=region,
    )


def _again(region: str, states: Sequence[MonitorState], now: datetime) -> Notice:
    title = f"WORKS FROM {region} AGAIN: {_names(states)}"
    return Notice(
        event=EventType.REGION_RECOVERED,
        number=at_ms(now),
        title=title,
        text=f"{region} sees {_names(states)} working again.",
        reason="region_recovered",
        subject=region,
    )


def _names(states: Sequence[MonitorState]) -> str:
    names = [state.monitor.config.name for state in states[:SHOWN_NAMES]]
    more = len(states) - len(names)
    return f"{', '.join(names)} and {more} more" if more else ", ".join(names)
