"""Reminds people of incidents that nobody has taken, when their time comes."""

import asyncio
from datetime import datetime

from asura.domain.incident import Incident
from asura.domain.lifecycle import Remind, Subject, changes_at, step
from asura.domain.status import Status
from asura.engine.judge import Judge
from asura.engine.ledger import Move
from asura.engine.live import Live


class Reminder:
    """Sleeps until the first reminder of any active incident is due."""

    name = "reminder"

    def __init__(self, live: Live, judge: Judge) -> None:
        self._live = live
        self._judge = judge
        self.wake = asyncio.Event()

    async def tick(self, now: datetime) -> datetime | None:
        """Record the reminders that are due, with their messages, and return when the next one is."""
        async with self._judge.lock:
            moves = list(self._due(now))
            if moves:
                await self._judge.apply(moves)
        upcoming = (changes_at(incident) for incident in self._live.incidents.values() if not self._held(incident))
        return min((at for at in upcoming if at is not None), default=None)

    def _held(self, incident: Incident) -> bool:
        """Return whether planned work holds an incident: its reminders are planned anew at the end."""
        state = self._live.state(incident.monitor_ids[0]) if incident.monitor_ids else None
        return state is not None and state.status is Status.MAINTENANCE

    def _due(self, now: datetime) -> list[Move]:
        moves = []
        for incident in self._live.incidents.values():
            at = changes_at(incident)
            state = self._live.state(incident.monitor_ids[0]) if incident.monitor_ids else None
            if at is None or at > now or state is None or self._held(incident):
                continue
            config = state.monitor.config
            subject = Subject(state.monitor.id, config.name, config.reminder_interval)
            stepped = step(incident, Remind(), now, subject=subject)
            if stepped.incident is not None:
                moves.append(Move(stepped.incident, stepped.effects, state.monitor, state.status.value))
        return moves
