"""Maintenance windows: when work is planned, on what, and what of it goes on now."""

from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from functools import cached_property
from typing import Any

import msgspec
from starlette.responses import Response

from asura.domain import maintenance
from asura.domain.instant import at_ms
from asura.domain.lengths import seconds_of
from asura.domain.maintenance import EVERYTHING, Occurrence, Window, WindowConfig
from asura.engine.live import Live
from asura.engine.maintenance_desk import Phase
from asura.errors import Fault, Invalid
from asura.web import cursor, edits, find, shapes
from asura.web.answers import check_match, created, json_answer, no_content
from asura.web.present import instant, maybe_instant
from asura.web.query import Asked, parse_instant
from asura.web.route import Call
from asura.web.shapes import planning

STANDINGS = frozenset({"active", "upcoming", "over"})
WRITABLE = frozenset(WindowConfig.__struct_fields__)
NAME_AT_ONCE = "Maintenance"
LONGEST_AT_ONCE = timedelta(days=30)
SHOWN_TIMES = 10


async def index(call: Call) -> Response:
    """Answer one page of windows, newest first."""
    asked = call.asked()
    wanted = frozenset(asked.many("status", STANDINGS)) or STANDINGS
    limit, after = asked.limit(), cursor.read(asked, "w")
    asked.done()
    now = call.engine.clock.now()
    found = [
        (window, phase)
        for window, phase in call.engine.maintenance.phases(now)
        if (not after or window.id < after) and standing(phase) in wanted
    ]
    found.sort(key=lambda one: one[0].id, reverse=True)
    covered = _Covered(call.engine.live)
    page = [_present(call, window, phase, covered) for window, phase in found[:limit]]
    more = cursor.write("w", page[-1].id) if len(found) > limit else None
    return json_answer(shapes.Page(page, more))


async def create(call: Call) -> Response:
    """Plan a window, or put what the query names under maintenance from now on."""
    config = _prepare(call, {**_at_once(call), **call.body})
    window = await call.engine.maintenance.create(config, by=call.who)
    return created(call, _shown(call, window), at=f"/maintenance/{window.id}", etag=tag(window))


async def show(call: Call) -> Response:
    """Answer one window, with the tag that guards its edit."""
    return _answer(call, _window(call))


async def put(call: Call) -> Response:
    """Replace a window."""
    return await _replace(call, partial=False)


async def patch(call: Call) -> Response:
    """Change some fields of a window."""
    return await _replace(call, partial=True)


async def delete(call: Call) -> Response:
    """Delete a window; its monitors are out of maintenance on return."""
    async with _editing(call):
        window = _window(call)
        check_match(call.request, tag(window))
        await call.engine.maintenance.delete(window.id)
    return no_content()


async def end(call: Call) -> Response:
    """End what goes on; its monitors are out of maintenance on return."""
    async with _editing(call):
        return _answer(call, await call.engine.maintenance.end(_window(call).id))


async def preview(call: Call) -> Response:
    """Answer when an unsaved window would be open."""
    # A form that is not finished has no name yet, and has chosen nothing.
    config = _prepare(call, {"name": "unsaved", **call.body, "monitor_ids": [], "tags": [EVERYTHING], "groups": []})
    now = call.engine.clock.now()
    window = Window(config=config, created_by="", created_at=now, updated_at=now)
    current = maintenance.active(window, now)
    times = [] if current is None else [current]
    times += maintenance.coming(window, current.starts_at if current else now, most=SHOWN_TIMES - len(times))
    return json_answer(planning.WindowTimes([_occurrence(one) for one in times]))


def standing(phase: Phase) -> str:
    """Return how a window stands: active, upcoming or over."""
    return "active" if phase.current is not None else "upcoming" if phase.following is not None else "over"


def tag(window: Window) -> str:
    """Return the ETag of a window."""
    return f'"w{window.id}-{at_ms(window.updated_at)}"'


async def _replace(call: Call, *, partial: bool) -> Response:
    async with _editing(call):
        window = _window(call)
        check_match(call.request, tag(window))
        config = _prepare(call, call.body, window.config, partial=partial)
        return _answer(call, await call.engine.maintenance.replace(window.id, config))


def _prepare(
    call: Call, body: dict[str, Any], old: WindowConfig | None = None, *, partial: bool = False
) -> WindowConfig:
    fields, faults = edits.sort_fields(body, WRITABLE, planning.Window.__struct_fields__)
    for name in ("starts_at", "ends_at"):
        if isinstance(fields.get(name), str):
            try:
                fields[name] = parse_instant(fields[name])
            except ValueError as error:
                faults.append(Fault(name, str(error)))
                fields[name] = None
    try:
        config = call.engine.maintenance.prepare(fields, old=old, partial=partial)
    except Invalid as error:
        known = {fault.path for fault in faults}
        raise Invalid(*faults, *(one for one in error.faults if one.path not in known)) from None
    if faults:
        raise Invalid(*faults)
    return config


def _at_once(call: Call) -> dict[str, Any]:
    """Return the fields of a window that the query asks for: `?tag=deploy&for=20m`."""
    asked = call.asked()
    length = _length(asked)
    chosen = {"monitor_ids": asked.many("monitor"), "tags": asked.many("tag"), "groups": asked.many("group")}
    name = asked.text("name")
    if length is None and (name or any(chosen.values())) and not call.body:
        asked.wrong("for", "is needed: for how long, like 20m or 1h30m")
    asked.done()
    if length is None:
        return {field: value for field, value in chosen.items() if value} | ({"name": name} if name else {})
    return {"name": name or NAME_AT_ONCE, **chosen, "duration_s": length}


def _length(asked: Asked) -> float | None:
    text = asked.text("for", longest=40)
    if text is None:
        return None
    try:
        length = seconds_of(text)
    except ValueError:
        asked.wrong("for", "must be a length of time like 20m, 1h30m or 2d")
        return None
    if not 1 <= length <= LONGEST_AT_ONCE.total_seconds():
        asked.wrong("for", f"must be at least 1s and at most {LONGEST_AT_ONCE.days}d")
        return None
    return length


def _window(call: Call) -> Window:
    return call.engine.maintenance.get(find.number(call))


def _editing(call: Call) -> AbstractAsyncContextManager[None]:
    return call.site.editing(f"maintenance {find.number(call)}")


def _answer(call: Call, window: Window) -> Response:
    return json_answer(_shown(call, window), headers={"ETag": tag(window)})


def _shown(call: Call, window: Window) -> planning.Window:
    phase = call.engine.maintenance.phase(window, call.engine.clock.now())
    return _present(call, window, phase, _Covered(call.engine.live))


class _Covered:
    """Tells what windows cover, looking at each monitor once for all of them."""

    def __init__(self, live: Live) -> None:
        self._live = live

    @cached_property
    def _known(self) -> dict[str, set[int]]:
        known: dict[str, set[int]] = {"everything": set()}
        for state in self._live.states():
            monitor = state.monitor
            known["everything"].add(monitor.id)
            for one in monitor.config.tags:
                known.setdefault(f"tag {one}", set()).add(monitor.id)
            if monitor.config.group is not None:
                known.setdefault(f"group {monitor.config.group}", set()).add(monitor.id)
        return known

    def ids(self, config: WindowConfig) -> list[int]:
        """Return the monitors that a window covers."""
        if EVERYTHING in config.tags:
            return sorted(self._known["everything"])
        named = [f"tag {one}" for one in config.tags] + [f"group {one}" for one in config.groups]
        found = self._known["everything"].intersection(config.monitor_ids)
        return sorted(found.union(*(self._known.get(one, set()) for one in named)))

    def warning(self, config: WindowConfig, *, active: bool) -> str | None:
        """Return that nothing has the tags or is in the groups of a window; None when each stands for something."""
        tags = [one for one in config.tags if one != EVERYTHING and f"tag {one}" not in self._known]
        groups = [one for one in config.groups if f"group {one}" not in self._known]
        said = [f"has the {_listed('tag', tags)}"] if tags else []
        said += [f"is in the {_listed('group', groups)}"] if groups else []
        nothing = f"nothing {'is' if active else 'would be'} under maintenance" if not self.ids(config) else ""
        if not said:
            return f"There is no monitor that it is about: {nothing}." if nothing else None
        return f"No monitor {' or '.join(said)}{': ' if nothing else ''}{nothing}."


def _listed(what: str, names: list[str]) -> str:
    return f"{what} {names[0]}" if len(names) == 1 else f"{what}s {', '.join(names[:-1])} or {names[-1]}"


def _present(call: Call, window: Window, phase: Phase, covered: _Covered) -> planning.Window:
    config = window.config
    written = msgspec.structs.asdict(config) | {
        "monitor_ids": [one for one in config.monitor_ids if call.engine.live.state(one) is not None],
        "tags": list(config.tags),
        "groups": list(config.groups),
        "starts_at": maybe_instant(config.starts_at),
        "ends_at": maybe_instant(config.ends_at),
    }
    return planning.Window(
        id=window.id,
        **written,
        active=phase.current is not None,
        current=None if phase.current is None else _occurrence(phase.current),
        next=None if phase.following is None else _occurrence(phase.following),
        monitors=[] if phase.over else covered.ids(config),
        warning=None if phase.over else covered.warning(config, active=phase.current is not None),
        created_by=window.created_by,
        created_at=instant(window.created_at),
        updated_at=instant(window.updated_at),
    )


def _occurrence(one: Occurrence) -> planning.Occurrence:
    return planning.Occurrence(instant(one.starts_at), instant(one.ends_at))
