"""What is known now, in memory: served from here, changed only after the commit that stores it."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from asura.domain import uptime
from asura.domain.channel import Channel
from asura.domain.consensus import Report, Silence, Verdict, silence
from asura.domain.heartbeat import HEARTBEAT, due_in
from asura.domain.incident import Incident, IncidentStatus
from asura.domain.monitor import Monitor
from asura.domain.reason import Reason
from asura.domain.region import Electorate, RegionRule, electorate
from asura.domain.result import Result
from asura.domain.span import Due, Gap, Span, apply_gaps
from asura.domain.status import Finding, Status
from asura.engine.monitor_state import DAY, Ears, MonitorState, Regional

MOST_ELECTORATES = 1_000


class MonitorView:
    """A monitor for readers: nothing here changes it."""

    __slots__ = ("_live", "_state")

    def __init__(self, state: MonitorState, live: "Live") -> None:
        self._state = state
        self._live = live

    @property
    def monitor(self) -> Monitor:
        """Return the monitor as configured."""
        return self._state.monitor

    @property
    def status(self) -> Status:
        """Return the state that is shown."""
        return self._state.status

    @property
    def reason(self) -> str:
        """Return the stable class of why."""
        return self._state.reason

    @property
    def message(self) -> str:
        """Return why, as a sentence; empty when there is nothing to say."""
        return self._state.message

    @property
    def since(self) -> datetime:
        """Return since when the state holds."""
        return self._state.since

    @property
    def last(self) -> Result | None:
        """Return the newest result."""
        return self._state.last

    @property
    def incident_id(self) -> int | None:
        """Return the incident that is open for this monitor."""
        return self._state.incident_id

    @property
    def electorate(self) -> Electorate:
        """Return which regions check it, and how many of them must agree."""
        return self._state.electorate

    @property
    def verdict(self) -> Verdict | None:
        """Return what several regions agreed on last; None where one checks it, and before the first report."""
        return self._state.verdict

    def regional(self, region: str) -> Regional | None:
        """Return what a region says; None when it never said anything."""
        return self._state.regions.get(region)

    def silence(self, region: str, now: datetime) -> Silence | None:
        """Return why a region has no vote; None when it has one."""
        regional, fresh = self.regional(region), timedelta(seconds=self.electorate.fresh_s)
        report = Report(region) if regional is None else regional.report(region, self._live.ears, fresh)
        return silence(report, fresh, now)

    def status_in(self, region: str, now: datetime) -> Status:
        """Return the state as one region sees it: the whole's, where that region checks it alone or nobody is to."""
        if not self.electorate.elsewhere or self.status in (Status.PAUSED, Status.MAINTENANCE):
            return self.status
        why = self.silence(region, now)
        if why is None:
            regional = self.regional(region)
            return Status.PENDING if regional is None else regional.streak.believed
        return Status.PENDING if why is Silence.PENDING else Status.UNKNOWN

    def due(self, now: datetime, region: str | None = None) -> Due:
        """Return what tells which of our own gaps say something of it (or of what one region saw of it)."""
        return due_in(self.monitor, now, elsewhere=region is None and self._state.electorate.elsewhere)

    def spans(self, now: datetime) -> list[Span]:
        """Return the last day's spans, own gaps applied."""
        gaps = self._live.gaps
        if not gaps:
            return self._state.spans
        return apply_gaps(self._state.spans, gaps, self.due(now))

    def uptime_24h(self, now: datetime) -> float | None:
        """Return the share of the last day in which it worked; None when nothing is known of it."""
        return uptime.ratio(uptime.seconds(self.spans(now), now - DAY, now))

    def strip(self, now: datetime) -> str:
        """Return the last day as 60 letters, oldest first."""
        return uptime.strip(self.spans(now), now)


class Live:
    """All monitors, active incidents and channels, by id and by slug."""

    def __init__(self) -> None:
        self._states: dict[int, MonitorState] = {}
        self._slugs: dict[str, int] = {}
        self.incidents: dict[int, Incident] = {}
        self.channels: dict[int, Channel] = {}
        self.gaps: list[Gap] = []
        # Which monitors were made, edited or dropped since the keeper of windows looked, and who is woken by that.
        self.touched: set[int] = set()
        self.followers: list[asyncio.Event] = []
        # Every region that has a probe; what is set for all monitors; and which regions have no vote now, and why.
        self.known_regions: tuple[str, ...] = ()
        self.region_rule = RegionRule()
        self.mute: dict[str, Silence] = {}
        self._electorates: dict[Electorate, Electorate] = {}

    @property
    def ears(self) -> Ears:
        """Return what is known of whether regions could be heard."""
        return Ears(self.mute, self.gaps)

    def __len__(self) -> int:
        return len(self._states)

    def states(self) -> Iterable[MonitorState]:
        """Return every monitor's state, for the engine."""
        return self._states.values()

    def state(self, monitor_id: int) -> MonitorState | None:
        """Return one monitor's state, for the engine."""
        return self._states.get(monitor_id)

    def put(self, state: MonitorState) -> None:
        """Take a monitor in."""
        state.electorate = self.electorate_of(state.monitor)
        self._states[state.monitor.id] = state
        self._slugs[state.monitor.slug] = state.monitor.id
        self._touch(state.monitor.id)

    def set_monitor(self, monitor: Monitor) -> MonitorState:
        """Exchange the configuration of a monitor."""
        state = self._states[monitor.id]
        self._slugs.pop(state.monitor.slug, None)
        state.monitor = monitor
        state.electorate = self.electorate_of(monitor)
        self._slugs[monitor.slug] = monitor.id
        self._touch(monitor.id)
        return state

    def electorate_of(self, monitor: Monitor) -> Electorate:
        """Return which regions are to check a monitor."""
        fresh = electorate(monitor.config, self.known_regions, self.region_rule)
        # Ten thousand monitors have a few of them.
        if len(self._electorates) > MOST_ELECTORATES:
            self._electorates.clear()
        return self._electorates.setdefault(fresh, fresh)

    def know_regions(self, regions: tuple[str, ...]) -> list[MonitorState]:
        """Take in which regions have probes, and return the monitors that are checked from elsewhere now."""
        self.known_regions = regions
        return self.elect(self._states.values())

    def elect(self, states: Iterable[MonitorState]) -> list[MonitorState]:
        """Look anew at who checks some monitors, and return those that are checked from elsewhere now."""
        moved = []
        for state in states:
            fresh = self.electorate_of(state.monitor)
            if fresh != state.electorate:
                state.electorate = fresh
                moved.append(state)
        return moved

    def drop(self, monitor_id: int) -> None:
        """Forget a monitor."""
        state = self._states.pop(monitor_id)
        self._slugs.pop(state.monitor.slug, None)
        self._touch(monitor_id)

    def _touch(self, monitor_id: int) -> None:
        self.touched.add(monitor_id)
        for follower in self.followers:
            follower.set()

    def find(self, ref: int | str) -> MonitorView | None:
        """Return a monitor by id or slug."""
        number = (
            ref if isinstance(ref, int) else int(ref) if ref.isdecimal() and len(ref) < 19 else self._slugs.get(ref)
        )
        state = self._states.get(number) if number is not None else None
        return MonitorView(state, self) if state else None

    def monitors(self) -> list[MonitorView]:
        """Return every monitor, by name."""
        ordered = sorted(self._states.values(), key=lambda state: (state.monitor.config.name.lower(), state.monitor.id))
        return [MonitorView(state, self) for state in ordered]

    def open_incidents(self) -> list[Incident]:
        """Return the incidents that have not ended, newest first."""
        return sorted(self.incidents.values(), key=lambda incident: (incident.started_at, incident.id), reverse=True)

    def counts(self) -> dict[str, int]:
        """Return how many monitors are in each state."""
        counts = {status.value: 0 for status in Status}
        for state in self._states.values():
            counts[state.status.value] += 1
        return counts

    def set_incident(self, incident: Incident) -> None:
        """Keep an incident while it is active, and tell its monitors of it."""
        active = incident.status is not IncidentStatus.RESOLVED
        if active:
            self.incidents[incident.id] = incident
        else:
            self.incidents.pop(incident.id, None)
        for monitor_id in incident.monitor_ids:
            state = self._states.get(monitor_id)
            if state is not None and (active or state.incident_id == incident.id):
                state.incident_id = incident.id if active else None

    def forget_gaps(self, now: datetime) -> None:
        """Forget own gaps that ended more than a day ago."""
        self.gaps = [gap for gap in self.gaps if gap.to_at is None or gap.to_at > now - DAY]


def notable(view: MonitorView) -> str:
    """Return the sentence of a monitor's row: none while all is well."""
    calm = view.status is Status.UP and (view.last is None or view.last.finding is Finding.UP)
    return "" if calm else view.message


def last_ms(last: Result | None) -> float | None:
    """Return the latency of a result as a row shows it."""
    return round(last.latency_ms, 1) if last is not None and last.latency_ms is not None else None


def row(view: MonitorView, now: datetime) -> dict[str, Any]:
    """Return a monitor's row of the overview."""
    monitor, last = view.monitor, view.last
    ratio = view.uptime_24h(now)
    return {
        "id": monitor.id,
        "slug": monitor.slug,
        "name": monitor.config.name,
        "type": monitor.config.type,
        "target": monitor.config.target,
        "status": view.status.value,
        "reason": view.reason,
        "message": notable(view),
        "since": view.since,
        "last_ms": last_ms(last),
        "uptime_24h_ratio": round(ratio, 6) if ratio is not None else None,
        "strip": view.strip(now),
        "tags": list(monitor.config.tags),
        "group": monitor.config.group,
    }


def initial_reason(monitor: Monitor) -> tuple[Status, str]:
    """Return the state of a monitor that has not been checked yet."""
    if monitor.config.enabled:
        waits = monitor.config.type == HEARTBEAT
        return Status.PENDING, (Reason.NOT_PINGED if waits else Reason.NOT_CHECKED).value
    return Status.PAUSED, Reason.PAUSED.value
