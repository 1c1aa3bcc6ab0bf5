"""What the tests of maintenance windows share: planning one, and what came of it."""

from typing import Any

from asura.domain.instant import kept
from asura.domain.maintenance import Window, occurrences
from asura.domain.page import Page
from asura.store import incidents
from tests.world import World

QUICK: dict[str, Any] = {"interval": 60, "retries": 0, "failure_threshold": 2}


async def plan(w: World, length: float = 600, **fields: Any) -> Window:
    """Plan a window for everything that begins now."""
    times = {} if "cron" in fields or "rrule" in fields else {"duration_s": length}
    body = {"name": "Database", "tags": ["*"], **times, **fields}
    return await w.engine.maintenance.create(w.engine.maintenance.prepare(body), by="ann")


def held(w: World, page: Page) -> None:
    """Let it be known that everything planned was about a page whenever it was open."""
    for window in w.engine.maintenance.list():
        times = occurrences(window, window.created_at, w.clock.now())
        w.engine.maintenance.told.update((page.id, window.id, kept(one.starts_at), "covered") for one in times)


def seconds(w: World, target: str = "shop") -> dict[str, float]:
    """Return for how long a monitor was in each state, up to now."""
    state = w.engine.live.state(w.engine.live.find(target).monitor.id)  # type: ignore[union-attr]
    assert state is not None
    found: dict[str, float] = {}
    for span in state.spans:
        length = ((span.to_at or w.clock.now()) - span.from_at).total_seconds()
        found[span.status.value] = found.get(span.status.value, 0.0) + length
    return found


def titles(w: World) -> list[str]:
    return [title.split(",")[0] for _, title in w.take()]


async def timeline(w: World, incident_id: int | None = None) -> list[str]:
    """Return why what happened to an incident did; by default to the first of the story."""
    wanted = await w.incident_id() if incident_id is None else incident_id
    async with w.store.read() as reader:
        return [event.reason for event in await incidents.events(reader, wanted)]
