"""When an outage shows on a status page by itself, and when that is over: by rule, from what is stored."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from asura.domain import publishing
from asura.domain.component import status_of
from asura.domain.incident import Incident
from asura.domain.page import AutoIncidents, ComponentConfig, Page
from asura.domain.post import ComponentStatus, Impact, Post, PostKind
from asura.domain.posting import LONGEST_TITLE
from asura.domain.status import BAD, Status

_NAMES = re.compile(r"\$\{(component|page)\}")
# What would be read as Markdown in a name.
_MARKS = re.compile(r"([\\`*\[\]<>~#|])")
_IMPACTS: dict[ComponentStatus, Impact] = {
    ComponentStatus.DEGRADED: "minor",
    ComponentStatus.PARTIAL_OUTAGE: "major",
    ComponentStatus.MAJOR_OUTAGE: "critical",
}


class Why(StrEnum):
    """Why a rule does something about a component, or nothing."""

    NEVER = "never"
    NO_OUTAGE = "no_outage"
    MAINTENANCE = "maintenance"
    ALREADY_SAID = "already_said"
    TAKEN_DOWN = "taken_down"
    NOT_LONG_ENOUGH = "not_long_enough"
    LONG_ENOUGH = "long_enough"
    STILL_OPEN = "still_open"
    STILL_FAILING = "still_failing"
    OVER = "over"
    COMPONENT_GONE = "component_gone"


class Member(msgspec.Struct, frozen=True):
    """A monitor of a component: how it is shown, and whether it is under maintenance."""

    monitor_id: int
    status: Status
    maintenance: bool = False


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """A component under the name that it has on the page, and the monitors that it stands for."""

    component: ComponentConfig
    name: str
    members: tuple[Member, ...]


class Publish(msgspec.Struct, frozen=True, kw_only=True):
    """Tell of an outage, which began at `since`."""

    component_id: int
    why: Why
    since: datetime
    title: str
    text: str
    impact: Impact
    status: ComponentStatus


class Resolve(msgspec.Struct, frozen=True, kw_only=True):
    """Tell that an outage is over: `monitor_ids` are those whose incidents have ended."""

    post: Post
    why: Why
    text: str
    monitor_ids: tuple[int, ...]


class Wait(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing yet: ask again at `until`."""

    component_id: int
    why: Why
    until: datetime


class Nothing(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing, until something happens."""

    component_id: int
    why: Why


Decision = Publish | Resolve | Wait | Nothing


def automatic(
    page: Page,
    watched: Sequence[Watched],
    incidents: Iterable[Incident],
    posts: Sequence[Post],
    now: datetime,
    *,
    silenced: Mapping[int, datetime] | None = None,
) -> list[Decision]:
    """Return what the rule of a page decides about each of its components.

    `incidents` are the active ones, `posts` all of the page, `silenced` when somebody last took down what was said of
    a component.
    """
    by_monitor: dict[int, list[Incident]] = {}
    for incident in incidents:
        for monitor_id in incident.monitor_ids:
            by_monitor.setdefault(monitor_id, []).append(incident)
    kept = {post.source: post for post in posts if post.source is not None and publishing.is_open(post, now)}
    found: list[Decision] = []
    for one in watched:
        post = kept.pop(one.component.id, None)
        if post is not None:
            found.append(_ended(page, one, by_monitor, post))
        else:
            taken_down = (silenced or {}).get(one.component.id)
            found.append(_begun(page, one, by_monitor, posts, now, taken_down=taken_down))
    gone = [Resolve(post=post, why=Why.COMPONENT_GONE, text="", monitor_ids=()) for post in kept.values()]
    return [*found, *gone]


def filled(template: str, *, component: str, page: str) -> str:
    """Return a template with the names in it; nothing else of it is replaced."""
    names = {"component": component, "page": page}
    return _NAMES.sub(lambda match: names[match[1]], template)


def _ended(page: Page, watched: Watched, by_monitor: Mapping[int, Sequence[Incident]], post: Post) -> Decision:
    """Return whether an outage that shows is over: no monitor has an incident, and none is seen to fail."""
    id_, rule = watched.component.id, page.config.auto_incidents
    if any(by_monitor.get(member.monitor_id) for member in watched.members):
        return Nothing(component_id=id_, why=Why.STILL_OPEN)
    # Somebody may have closed the incident by hand, and it would not be true that all is well.
    if any(_fails(member.status, rule) for member in watched.members):
        return Nothing(component_id=id_, why=Why.STILL_FAILING)
    text = _text(rule.resolved_text, watched, page)
    return Resolve(post=post, why=Why.OVER, text=text, monitor_ids=tuple(one.monitor_id for one in watched.members))


def _begun(
    page: Page,
    watched: Watched,
    by_monitor: Mapping[int, Sequence[Incident]],
    posts: Sequence[Post],
    now: datetime,
    *,
    taken_down: datetime | None,
) -> Decision:
    """Return whether an outage that does not show is to be told, and if it is not, why, and until when."""
    id_, rule = watched.component.id, page.config.auto_incidents
    if rule.when == "never":
        return Nothing(component_id=id_, why=Why.NEVER)
    counting = [
        (member, incident)
        for member in watched.members
        for incident in by_monitor.get(member.monitor_id, ())
        if incident.severity == "critical" or rule.degraded
    ]
    if not counting:
        return Nothing(component_id=id_, why=Why.NO_OUTAGE)
    since = min((incident.started_at for member, incident in counting if not member.maintenance), default=None)
    if since is None:
        return Nothing(component_id=id_, why=Why.MAINTENANCE)
    if any(_speaks_of(post, id_, since, now) for post in posts):
        return Nothing(component_id=id_, why=Why.ALREADY_SAID)
    if taken_down is not None and taken_down >= since:
        return Nothing(component_id=id_, why=Why.TAKEN_DOWN)
    due = since if rule.when == "at_once" else since + timedelta(minutes=rule.minutes)
    if now < due:
        return Wait(component_id=id_, why=Why.NOT_LONG_ENOUGH, until=due)
    critical = any(incident.severity == "critical" for _, incident in counting)
    status = _claimed(watched, critical=critical)
    return Publish(
        component_id=id_,
        why=Why.LONG_ENOUGH,
        since=since,
        title=filled(rule.title, component=watched.name, page=page.config.title)[:LONGEST_TITLE],
        text=_text(rule.text, watched, page),
        impact=_IMPACTS[status],
        status=status,
    )


def _speaks_of(post: Post, component_id: int, since: datetime, now: datetime) -> bool:
    """Return whether an incident that is open, or was published since the outage began, is about a component.

    One that names no component is about the whole page.
    """
    if post.kind is not PostKind.INCIDENT or not publishing.visible(post, now):
        return False
    if not publishing.is_open(post, now) and post.publish_at < since:
        return False
    named = {one.component_id for update in publishing.visible_updates(post, now) for one in update.components}
    return not named or component_id in named


def _claimed(watched: Watched, *, critical: bool) -> ComponentStatus:
    """Return how the component is, as its page shows it; what our own faults hide is taken from the incident."""
    states = {member.monitor_id: member.status for member in watched.members if not member.maintenance}
    shown = status_of(watched.component, states)
    if shown in _IMPACTS:
        return shown
    return ComponentStatus.MAJOR_OUTAGE if critical else ComponentStatus.DEGRADED


def _fails(status: Status, rule: AutoIncidents) -> bool:
    return status in BAD or (rule.degraded and status is Status.DEGRADED)


def _text(template: str, watched: Watched, page: Page) -> str:
    """Return a text of Markdown with the names in it as they are written."""
    component, title = (_MARKS.sub(r"\\\1", name) for name in (watched.name, page.config.title))
    return filled(template, component=component, page=title)
