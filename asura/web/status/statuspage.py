"""A page in the shape of Statuspage's public API, version 2: what status bars and exporters have long been reading."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any

from asura.domain.board import BoardComponent, BoardMaintenance, BoardPost
from asura.domain.post import Affected, ComponentStatus, PostKind, PostStatus
from asura.web.answers import ENCODER
from asura.web.present import instant, maybe_instant
from asura.web.status.happenings import announced_at, turns
from asura.web.status.showing import Showing

Json = dict[str, Any]

# They have no word for what is not known. To say that all is well would be a lie, that it is out as well:
# this is the mildest word that makes somebody look.
STATUSES = {
    ComponentStatus.OPERATIONAL: "operational",
    ComponentStatus.MAINTENANCE: "under_maintenance",
    ComponentStatus.UNKNOWN: "degraded_performance",
    ComponentStatus.DEGRADED: "degraded_performance",
    ComponentStatus.PARTIAL_OUTAGE: "partial_outage",
    ComponentStatus.MAJOR_OUTAGE: "major_outage",
}
_SEVERITY = {word: rank for rank, word in enumerate(STATUSES.values())}
# Of the whole page: their indicator, and the words that they use for it.
WHOLES = {
    "operational": ("none", "All Systems Operational"),
    "maintenance": ("maintenance", "Service Under Maintenance"),
    "unknown": ("minor", "Status Unknown"),
    "degraded": ("minor", "Partially Degraded Service"),
    "partial_outage": ("major", "Partial System Outage"),
    "major_outage": ("critical", "Major Service Outage"),
}
# Which occurrences each of the files about planned work holds.
_PLANNED = {"": ("scheduled", "in_progress", "completed"), "upcoming": ("scheduled",), "active": ("in_progress",)}


def page(shown: Showing) -> Json:
    """Return what heads every file."""
    board = shown.board
    return {
        "id": str(board.page_id),
        "name": board.title,
        "url": shown.url,
        "time_zone": board.timezone,
        "updated_at": instant(board.updated_at),
    }


def status(shown: Showing) -> Json:
    """Return the state of the whole, the same that the page and its badge show."""
    indicator, description = WHOLES[shown.board.status]
    return {"indicator": indicator, "description": description}


def components(shown: Showing) -> list[Json]:
    """Return the groups and components in the order of the page; a group is a component that names its own."""
    by_id = {one.id: one for one in shown.board.components}
    found: list[Json] = []
    position = 0
    for group in shown.board.groups:
        members = [by_id[id] for id in group.component_ids if id in by_id]
        if not group.name:
            found += [_component(shown, one, position + place) for place, one in enumerate(members, 1)]
            position += len(members)
        elif members:
            position += 1
            found.append(_group(shown, group.name, group.description, members, position))
            found += [_component(shown, one, place) for place, one in enumerate(members, 1)]
    return found


def incidents(shown: Showing, posts: Iterable[BoardPost]) -> list[Json]:
    """Return incidents of posts; notices are none."""
    parts = components(shown)
    return [_incident(shown, post, parts) for post in _incidents(posts)]


def maintenances(shown: Showing, which: str = "") -> list[Json]:
    """Return occurrences of planned work: all, `upcoming` or `active`."""
    board, wanted, parts = shown.board, _PLANNED[which], components(shown)
    planned = (*board.maintenance, *board.past_maintenance)
    return [_maintenance(shown, one, parts) for one in planned if one.status in wanted]


def summary(shown: Showing) -> Json:
    """Return what is and what is to come."""
    board, parts = shown.board, components(shown)
    return {
        "components": parts,
        "incidents": [_incident(shown, post, parts) for post in _incidents(board.active)],
        "scheduled_maintenances": [
            _maintenance(shown, one, parts) for one in board.maintenance if one.status != "completed"
        ],
        "status": status(shown),
    }


# Each file by its path, with what it holds besides the page.
FILES: Mapping[str, Callable[[Showing], Json]] = {
    "summary": summary,
    "status": lambda shown: {"status": status(shown)},
    "components": lambda shown: {"components": components(shown)},
    "incidents": lambda shown: {"incidents": incidents(shown, (*shown.board.active, *shown.board.past))},
    "incidents/unresolved": lambda shown: {"incidents": incidents(shown, shown.board.active)},
    "scheduled-maintenances": lambda shown: {"scheduled_maintenances": maintenances(shown)},
    "scheduled-maintenances/upcoming": lambda shown: {"scheduled_maintenances": maintenances(shown, "upcoming")},
    "scheduled-maintenances/active": lambda shown: {"scheduled_maintenances": maintenances(shown, "active")},
}


def render(shown: Showing, file: str) -> bytes:
    """Return one of the files as JSON."""
    return ENCODER.encode({"page": page(shown), **FILES[file](shown)})


def group_id(name: str) -> str:
    """Return the id of a group, which has none of its own: the same for as long as it is called the same."""
    return f"g{blake2b(name.encode(), digest_size=6).hexdigest()}"


def _incidents(posts: Iterable[BoardPost]) -> Iterator[BoardPost]:
    return (post for post in posts if post.kind is PostKind.INCIDENT)


def _component(shown: Showing, one: BoardComponent, position: int) -> Json:
    return {
        "id": str(one.id),
        "name": one.name,
        "status": STATUSES[one.status],
        "created_at": instant(one.since),
        "updated_at": instant(shown.board.updated_at),
        "position": position,
        "description": one.description or None,
        "showcase": shown.page.config.show.uptime,
        "start_date": one.since.date().isoformat(),
        "group_id": group_id(one.group) if one.group else None,
        "page_id": str(shown.board.page_id),
        "group": False,
        "only_show_if_degraded": False,
    }


def _group(shown: Showing, name: str, description: str, members: Sequence[BoardComponent], position: int) -> Json:
    return {
        "id": group_id(name),
        "name": name,
        "status": max((STATUSES[one.status] for one in members), key=_SEVERITY.__getitem__),
        "created_at": instant(min(one.since for one in members)),
        "updated_at": instant(shown.board.updated_at),
        "position": position,
        "description": description or None,
        "showcase": False,
        "start_date": None,
        "group_id": None,
        "page_id": str(shown.board.page_id),
        "group": True,
        "only_show_if_degraded": False,
        "components": [str(one.id) for one in members],
    }


def _incident(shown: Showing, post: BoardPost, parts: Sequence[Json]) -> Json:
    oldest_first = tuple(reversed(post.updates))
    monitored = (one.at for one in oldest_first if one.status is PostStatus.MONITORING)
    over = post.status is PostStatus.RESOLVED
    steps = [(str(one.id), one.status.value, one.at, one.text, one.components) for one in oldest_first]
    if over and post.postmortem:
        steps.append((f"{post.id}-postmortem", "postmortem", post.updated_at, post.postmortem, ()))
    id = str(post.id)
    return {
        "id": id,
        "name": post.title,
        "status": "postmortem" if over and post.postmortem else post.status.value,
        "created_at": instant(post.created_at),
        "updated_at": instant(post.updated_at),
        "monitoring_at": maybe_instant(next(monitored, None)),
        "resolved_at": maybe_instant(post.resolved_at),
        "impact": post.impact,
        "shortlink": f"{shown.url}/incidents/{post.id}",
        "started_at": instant(post.started_at),
        "page_id": str(shown.board.page_id),
        "incident_updates": _updates(shown, id, steps),
        "components": _affected(parts, post.component_ids),
        "reminder_intervals": None,
    }


def _maintenance(shown: Showing, work: BoardMaintenance, parts: Sequence[Json]) -> Json:
    id = f"{work.window_id}-{int(work.starts_at.timestamp())}"
    working = tuple(Affected(one, ComponentStatus.MAINTENANCE) for one in work.component_ids)
    steps = []
    for turn in reversed(turns(work, shown.language)):
        affected = working if turn.status == "in_progress" else ()
        steps.append((f"{id}-{turn.status}", turn.status, turn.at, turn.text, affected))
    return {
        "id": id,
        "name": work.title,
        "status": work.status,
        "created_at": instant(announced_at(work)),
        "updated_at": instant(max(work.updated_at, steps[-1][2])),
        "monitoring_at": None,
        "resolved_at": instant(work.ends_at) if work.status == "completed" else None,
        "impact": "maintenance",
        "shortlink": shown.url,
        "started_at": instant(work.starts_at),
        "page_id": str(shown.board.page_id),
        "scheduled_for": instant(work.starts_at),
        "scheduled_until": instant(work.ends_at),
        "incident_updates": _updates(shown, id, steps),
        "components": _affected(parts, work.component_ids),
        "reminder_intervals": None,
    }


def _updates(shown: Showing, incident_id: str, steps: Iterable[tuple[Any, ...]]) -> list[Json]:
    """Return updates, newest first, of steps that come oldest first; each tells how it changed its components."""
    before: dict[int, ComponentStatus] = {}
    found: list[Json] = []
    for id, word, at, text, affected in steps:
        now = {one.component_id: one.status for one in affected} if word != "postmortem" else before
        found.append(
            {
                "id": id,
                "status": word,
                "body": text,
                "incident_id": incident_id,
                "created_at": instant(at),
                "updated_at": instant(at),
                "display_at": instant(at),
                "affected_components": _changes(shown, before, now),
                "deliver_notifications": True,
                "custom_tweet": None,
                "tweet_id": None,
            }
        )
        before = now
    return found[::-1]


def _changes(shown: Showing, before: Mapping[int, ComponentStatus], now: Mapping[int, ComponentStatus]) -> list[Json]:
    """Return the components of two updates with how they were and are; who is no more named is well again."""
    well = ComponentStatus.OPERATIONAL
    return [
        {
            "code": str(one.id),
            "name": f"{one.group} - {one.name}" if one.group else one.name,
            "old_status": STATUSES[before.get(one.id, well)],
            "new_status": STATUSES[now.get(one.id, well)],
        }
        for one in shown.board.components
        if one.id in before or one.id in now
    ]


def _affected(parts: Sequence[Json], ids: Sequence[int]) -> list[Json]:
    wanted = {str(id) for id in ids}
    return [one for one in parts if one["id"] in wanted]
