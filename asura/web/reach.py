"""What somebody reaches: everything, or the monitors that carry one of their tags and what hangs on these."""

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec.structs import replace

from asura.domain.channel import Channel
from asura.domain.incident import Incident
from asura.domain.monitor import Monitor, MonitorConfig
from asura.engine.prepare import Found, Reference
from asura.errors import Fault, NotFound

if TYPE_CHECKING:
    from asura.engine.engine import Engine
    from asura.engine.key_desk import Actor


class Reach:
    """The reach of one who asks, during one request. Nobody (a public route) reaches what the route shows to all."""

    def __init__(self, engine: "Engine", actor: "Actor | None") -> None:
        self._engine = engine
        self._actor = actor
        self.tags = actor.tags if actor is not None else frozenset[str]()

    @property
    def limited(self) -> bool:
        """Return whether there is anything out of reach."""
        return bool(self.tags)

    def sees(self, tags: Iterable[str]) -> bool:
        """Return whether a monitor with these tags is within reach."""
        return self._actor is None or self._actor.sees(tags)

    def sees_monitor(self, monitor_id: int | None) -> bool:
        """Return whether a monitor is within reach; one that is gone is so only for those who are not limited."""
        if not self.limited:
            return True
        state = None if monitor_id is None else self._engine.live.state(monitor_id)
        return state is not None and self.sees(state.monitor.config.tags)

    def monitor_ids(self) -> frozenset[int] | None:
        """Return every monitor within reach; None is all that there are and were."""
        if not self.limited:
            return None
        return frozenset(one.monitor.id for one in self._engine.live.states() if self.sees(one.monitor.config.tags))

    def incident(self, incident: Incident | None) -> Incident:
        """Return an incident with those of its monitors that are within reach; NotFound when there is none."""
        if incident is None:
            raise NotFound("no such incident")
        if not self.limited:
            return incident
        seen = tuple(one for one in incident.monitor_ids if self.sees_monitor(one))
        if not seen:
            raise NotFound("no such incident")
        return replace(incident, monitor_ids=seen)

    def sees_incident(self, incident: Incident) -> bool:
        """Return whether an incident is one of a monitor within reach."""
        return not self.limited or any(self.sees_monitor(one) for one in incident.monitor_ids)

    def sees_channel(self, channel: Channel) -> bool:
        """Return whether a channel is told of a monitor within reach, or of everything."""
        return not self.limited or channel.config.default or channel.id in self._listed

    def found(self, old: MonitorConfig | None = None) -> Found:
        """Return how references are looked up: what is out of reach is unknown, unless the monitor has it already."""
        known, kept = self._engine.found, old

        def monitor(reference: Reference) -> int | None:
            number = known.monitor(reference)
            has = kept is not None and number in kept.depends_on
            return number if has or self.sees_monitor(number) else None

        def channel(reference: Reference) -> int | None:
            number = known.channel(reference)
            has = kept is not None and number in kept.channel_ids
            found = None if number is None else self._engine.live.channels.get(number)
            return number if has or (found is not None and self.sees_channel(found)) else None

        return Found(monitor, channel) if self.limited else known

    def tag_faults(self, config: MonitorConfig) -> list[Fault]:
        """Return what is wrong with the tags of a monitor that is to be stored: it must stay within reach."""
        if self.sees(config.tags):
            return []
        return [Fault("tags", f"must hold one of your own: {', '.join(sorted(self.tags))}")]

    @cached_property
    def _listed(self) -> frozenset[int]:
        states: list[Monitor] = [one.monitor for one in self._engine.live.states()]
        return frozenset(number for one in states if self.sees(one.config.tags) for number in one.config.channel_ids)
