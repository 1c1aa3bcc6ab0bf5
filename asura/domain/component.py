"""What a component of a page stands for, and how it is: the states of its monitors put together."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime

import msgspec

from asura.domain import days, uptime
from asura.domain.board import Overall
from asura.domain.days import Day
from asura.domain.monitor import Monitor
from asura.domain.page import ComponentConfig, PageConfig
from asura.domain.post import ComponentStatus, Impact
from asura.domain.span import Span
from asura.domain.status import BAD, GOOD, Status

# Components that stand on a page without being configured have the number of their monitor on top of this.
IMPLICIT_FROM = 1_000_000
_HALF = 0.5
_NEVER = datetime.max.replace(tzinfo=UTC)
_SEEN = GOOD | BAD
_ABSENT = frozenset({Status.PAUSED, Status.PENDING})
# Of several monitors the first of these counts that one of them is in. What is unknown hides that others are up.
_WORST = (
    Status.DOWN,
    Status.UNREACHABLE,
    Status.DEGRADED,
    Status.LATE,
    Status.UNKNOWN,
    Status.UP,
    Status.MAINTENANCE,
    Status.PENDING,
    Status.PAUSED,
)
_IN_PUBLIC = {
    Status.DOWN: ComponentStatus.MAJOR_OUTAGE,
    Status.UNREACHABLE: ComponentStatus.MAJOR_OUTAGE,
    Status.DEGRADED: ComponentStatus.DEGRADED,
    Status.LATE: ComponentStatus.DEGRADED,
    Status.UP: ComponentStatus.OPERATIONAL,
    Status.MAINTENANCE: ComponentStatus.MAINTENANCE,
}
# Worse later: what of two sayings about a component holds.
_SEVERITY = (
    ComponentStatus.OPERATIONAL,
    ComponentStatus.UNKNOWN,
    ComponentStatus.MAINTENANCE,
    ComponentStatus.DEGRADED,
    ComponentStatus.PARTIAL_OUTAGE,
    ComponentStatus.MAJOR_OUTAGE,
)
_RANK = {status: rank for rank, status in enumerate(_SEVERITY)}
_BY_IMPACT: dict[Impact, ComponentStatus] = {
    "minor": ComponentStatus.DEGRADED,
    "major": ComponentStatus.PARTIAL_OUTAGE,
    "critical": ComponentStatus.MAJOR_OUTAGE,
}


def components_of(config: PageConfig, monitors: Iterable[Monitor]) -> tuple[ComponentConfig, ...]:
    """Return the components of a page in their order: the configured ones, then one for each other public monitor.

    These are there only on a page of everything public, by group and name; their ids begin at IMPLICIT_FROM.
    """
    if not config.everything_public:
        return config.components
    listed = {component.monitor_id for component in config.components}
    public = [one for one in monitors if one.config.public and one.id not in listed]
    public.sort(key=lambda one: ((one.config.group or "").lower(), one.config.name.lower(), one.id))
    implicit = (
        ComponentConfig(
            id=IMPLICIT_FROM + one.id, name=one.config.name, group=one.config.group or "", monitor_id=one.id
        )
        for one in public
    )
    return (*config.components, *implicit)


def members(component: ComponentConfig, monitors: Iterable[Monitor]) -> tuple[int, ...]:
    """Return the ids of the monitors that a component stands for, in order: one, or all of a group or with a tag."""
    return tuple(sorted(one.id for one in monitors if _stands_for(component, one)))


def _stands_for(component: ComponentConfig, monitor: Monitor) -> bool:
    if component.monitor_id is not None:
        return monitor.id == component.monitor_id
    if component.monitor_group is not None:
        return monitor.config.group == component.monitor_group
    return component.tag is not None and component.tag in monitor.config.tags


def status_of(
    component: ComponentConfig, states: Mapping[int, Status], claimed: ComponentStatus | None = None
) -> ComponentStatus:
    """Return how a component is: what its monitors show (states by id), or what open posts claim where that is worse.

    It is unknown where no monitor says anything; what is unknown never passes for operational.
    """
    if component.combine == "weighted" and 0 < bad_share(component, states) < _HALF:
        seen = ComponentStatus.PARTIAL_OUTAGE
    else:
        combined = combination(component, states)
        seen = ComponentStatus.UNKNOWN if combined is None else _IN_PUBLIC.get(combined, ComponentStatus.UNKNOWN)
    return seen if claimed is None else worse(seen, claimed)


def worse(one: ComponentStatus, other: ComponentStatus) -> ComponentStatus:
    """Return the one of two sayings about a component that is worse."""
    return max(one, other, key=_RANK.__getitem__)


def bad_share(component: ComponentConfig, states: Mapping[int, Status]) -> float:
    """Return the share of the weight that is down; what is paused, or waits for its first check, weighs nothing."""
    weights = {id_: _weight(component, id_) for id_, state in states.items() if state not in _ABSENT}
    whole = sum(weights.values())
    return sum(weight for id_, weight in weights.items() if states[id_] in BAD) / whole if whole > 0 else 0.0


def combination(component: ComponentConfig, states: Mapping[int, Status]) -> Status | None:
    """Return the one state of several monitors at once; None when there are none.

    Under weights less than half that is down is only `degraded`, and what weighs nothing says nothing.
    """
    if component.combine == "worst" or len(states) < 2:
        return _worst(states.values())
    share = bad_share(component, states)
    if share >= _HALF:
        return Status.DOWN
    if share > 0:
        return Status.DEGRADED
    return _worst(state for id_, state in states.items() if state not in BAD and _weight(component, id_) > 0)


def _worst(states: Iterable[Status]) -> Status | None:
    there = frozenset(states)
    if len(there) == 1:
        return next(iter(there))
    if Status.MAINTENANCE in there and not there & _SEEN:
        return Status.MAINTENANCE
    return next((status for status in _WORST if status in there), None)


def _weight(component: ComponentConfig, monitor_id: int) -> float:
    return max(0.0, component.weights.get(str(monitor_id), 1.0))


def overall(statuses: Iterable[ComponentStatus], impacts: Iterable[Impact] = ()) -> Overall:
    """Return how a whole page is, from its components and the impacts of open incidents that name none.

    Every known component out is a major outage, some a partial one; a page of which nothing is known is `unknown`.
    """
    everything = list(statuses)
    known = [status for status in everything if status is not ComponentStatus.UNKNOWN]
    found = _known(known) if known or not everything else ComponentStatus.UNKNOWN
    for impact in impacts:
        found = worse(found, _BY_IMPACT.get(impact, ComponentStatus.OPERATIONAL))
    return _OVERALL[found]


def _known(statuses: Sequence[ComponentStatus]) -> ComponentStatus:
    outages = {ComponentStatus.MAJOR_OUTAGE, ComponentStatus.PARTIAL_OUTAGE}
    if statuses and all(status is ComponentStatus.MAJOR_OUTAGE for status in statuses):
        return ComponentStatus.MAJOR_OUTAGE
    if any(status in outages for status in statuses):
        return ComponentStatus.PARTIAL_OUTAGE
    return max(statuses, key=_RANK.__getitem__, default=ComponentStatus.OPERATIONAL)


_OVERALL: dict[ComponentStatus, Overall] = {
    ComponentStatus.OPERATIONAL: "operational",
    ComponentStatus.UNKNOWN: "unknown",
    ComponentStatus.MAINTENANCE: "maintenance",
    ComponentStatus.DEGRADED: "degraded",
    ComponentStatus.PARTIAL_OUTAGE: "partial_outage",
    ComponentStatus.MAJOR_OUTAGE: "major_outage",
}


def merged(component: ComponentConfig, spans: Mapping[int, Sequence[Span]]) -> list[Span]:
    """Return the spans of a component from those of its monitors (by id, oldest first): its state at each instant.

    Where no monitor has a span there is none; the last one is open when one of theirs is.
    """
    if len(spans) == 1:
        return list(next(iter(spans.values())))
    edges = sorted(
        ((at, id_, status) for id_, own in spans.items() for at, status in _edges(own)), key=lambda edge: edge[0]
    )
    states: dict[int, Status] = {}
    found: list[Span] = []
    for index, (at, id_, status) in enumerate(edges):
        if status is None:
            states.pop(id_, None)
        else:
            states[id_] = status
        until = edges[index + 1][0] if index + 1 < len(edges) else _NEVER
        if until > at and (state := combination(component, states)) is not None:
            _extend(found, Span(0, "", state, "", at, until))
    if found and found[-1].to_at == _NEVER:
        found[-1] = msgspec.structs.replace(found[-1], to_at=None)
    return found


def _edges(spans: Sequence[Span]) -> Iterable[tuple[datetime, Status | None]]:
    """Return when a monitor comes into which state, and None when it leaves one without another."""
    for index, span in enumerate(spans):
        yield span.from_at, span.status
        following = spans[index + 1].from_at if index + 1 < len(spans) else None
        if span.to_at is not None and span.to_at != following:
            yield span.to_at, None


def _extend(found: list[Span], span: Span) -> None:
    last = found[-1] if found else None
    if last is not None and last.to_at == span.from_at and last.status is span.status:
        found[-1] = msgspec.structs.replace(last, to_at=span.to_at)
    else:
        found.append(span)


def weighted_seconds(component: ComponentConfig, parts: Mapping[int, Mapping[str, float]]) -> dict[str, float]:
    """Return the seconds in each state of a stretch, averaged by weight over the monitors that have any in it."""
    there = {id_: part for id_, part in parts.items() if any(name != "no_data" for name in part)}
    weights = {id_: _weight(component, id_) for id_ in there}
    whole = sum(weights.values())
    found: dict[str, float] = {}
    if whole <= 0:
        return found
    for id_, part in there.items():
        for name, length in part.items():
            found[name] = found.get(name, 0.0) + length * weights[id_] / whole
    return found


def days_of(
    component: ComponentConfig,
    spans: Mapping[int, Sequence[Span]],
    wanted: Sequence[tuple[date, datetime]],
    until: datetime,
) -> list[Day]:
    """Return how a component was on each of the days, up to an instant, from the spans of its monitors by id.

    Under weights the seconds of a day are averages; its worst is what the whole was, not what one monitor was.
    """
    found = days.days(merged(component, spans), wanted, until)
    if component.combine == "worst" or len(spans) < 2:
        return found
    own = {id_: days.days(pieces, wanted, until) for id_, pieces in spans.items()}
    weighted = [
        weighted_seconds(component, {id_: one[index].seconds for id_, one in own.items()})
        for index in range(len(found))
    ]
    return [Day(day.date, part, uptime.ratio(part), day.worst) for day, part in zip(found, weighted, strict=True)]
