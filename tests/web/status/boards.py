"""Boards made by hand: a page on a quiet day, and one on which everything happens at once."""

from datetime import UTC, datetime, timedelta
from typing import Any

from asura.domain.board import Board, BoardComponent, BoardGroup, BoardMaintenance, BoardPost, BoardUpdate
from asura.domain.page import Page, PageConfig, Visibility
from asura.domain.post import Affected, ComponentStatus, PostKind, PostStatus
from asura.web.status.showing import Showing

NOON = datetime(2026, 11, 20, 12, 0, 0, 123000, tzinfo=UTC)
URL = "https://asura.example/status"
# What no parser may stumble over.
HOSTILE = "]]></x>&amp;<script>alert(1)</script>\x00\x0b\x1f\ufffe\ud83d \u202e\U0001f600 \"'"

OK, DEGRADED, OUT = ComponentStatus.OPERATIONAL, ComponentStatus.DEGRADED, ComponentStatus.MAJOR_OUTAGE


def at(hours: float) -> datetime:
    """Return an instant so many hours after noon."""
    return NOON + timedelta(hours=hours)


def component(id: int, name: str, status: ComponentStatus = OK, **more: Any) -> BoardComponent:
    """Return a component that has been there for a year."""
    return BoardComponent(id=id, name=name, status=status, ratio=0.999, since=at(-24 * 365), **more)


def update(id: int, hours: float, status: PostStatus, text: str, *affected: tuple[int, ComponentStatus]) -> BoardUpdate:
    """Return an update with a text that is shown as one paragraph."""
    components = tuple(Affected(*one) for one in affected)
    html = f"<p>{text}</p>"
    return BoardUpdate(id=id, at=at(hours), status=status, text=text, html=html, components=components)


def outage(**more: Any) -> BoardPost:
    """Return an incident that people have told of twice."""
    updates = (
        update(12, -1, PostStatus.IDENTIFIED, "A disk is full.", (1, OUT), (2, DEGRADED)),
        update(11, -2, PostStatus.INVESTIGATING, "The shop is slow.", (1, DEGRADED)),
    )
    made: dict[str, Any] = {
        "id": 7,
        "kind": PostKind.INCIDENT,
        "title": "The shop is out",
        "status": PostStatus.IDENTIFIED,
        "impact": "major",
        "started_at": at(-2),
        "created_at": at(-2),
        "updated_at": at(-1),
        "updates": updates,
        "component_ids": (1, 2),
    }
    return BoardPost(**{**made, **more})


def ended() -> BoardPost:
    """Return an incident that is over and has been thought about."""
    updates = (
        update(23, -40, PostStatus.RESOLVED, "All is well.", (1, OK)),
        update(22, -41, PostStatus.MONITORING, "We look.", (1, DEGRADED)),
        update(21, -42, PostStatus.INVESTIGATING, "What is it?", (1, OUT)),
    )
    return outage(
        id=5,
        title="Yesterday's outage",
        status=PostStatus.RESOLVED,
        started_at=at(-42),
        created_at=at(-42),
        updated_at=at(-20),
        resolved_at=at(-40),
        postmortem="A fuse.",
        postmortem_html="<p>A fuse.</p>",
        updates=updates,
        component_ids=(1,),
    )


def notice() -> BoardPost:
    """Return something that is said and is nothing wrong."""
    updates = (update(31, -3, PostStatus.MONITORING, "We move house."),)
    return outage(
        id=9, kind=PostKind.NOTICE, title="New rooms", status=PostStatus.MONITORING, impact="none", updates=updates,
        started_at=at(-3), created_at=at(-3), updated_at=at(-3), component_ids=(),
    )  # fmt: skip


def work(status: Any, starts: float, ends: float, **more: Any) -> BoardMaintenance:
    """Return planned work on the shop."""
    made: dict[str, Any] = {"window_id": 3, "title": "New disks", "text": "We change disks.", "component_ids": (1,)}
    made |= {"html": "<p>We change disks.</p>", "created_at": at(-24 * 30), "updated_at": at(-24 * 30)}
    return BoardMaintenance(status=status, starts_at=at(starts), ends_at=at(ends), **{**made, **more})


def busy(**more: Any) -> Board:
    """Return a board with all that can be on one."""
    made: dict[str, Any] = {
        "page_id": 1,
        "slug": "status",
        "title": "Example",
        "description": "All of it.",
        "timezone": "Europe/Berlin",
        "status": "partial_outage",
        "as_of": NOON,
        "updated_at": at(-1),
        "groups": (
            BoardGroup(name="", component_ids=(3,)),
            BoardGroup(name="Trade", description="What sells.", component_ids=(1, 2)),
            BoardGroup(name="Inside", component_ids=(4,)),
        ),
        "components": (
            component(3, "Website"),
            component(1, "Shop", OUT, group="Trade", description="Where one buys."),
            component(2, "Search", DEGRADED, group="Trade"),
            component(4, "Probes", ComponentStatus.UNKNOWN, group="Inside"),
        ),
        "notices": (notice(),),
        "active": (outage(),),
        "past": (ended(),),
        "maintenance": (work("in_progress", -0.5, 1), work("scheduled", 24, 25)),
        "past_maintenance": (work("completed", -30, -29),),
    }
    return Board(**{**made, **more})


def quiet(**more: Any) -> Board:
    """Return a board on which nothing is wrong."""
    everything = (component(1, "Shop"), component(2, "Search"))
    calm: dict[str, Any] = {"status": "operational", "components": everything, "notices": (), "active": (), "past": ()}
    calm |= {"groups": (BoardGroup(name="", component_ids=(1, 2)),), "maintenance": (), "past_maintenance": ()}
    return busy(**{**calm, **more})


def page(*, slug: str = "status", visibility: Visibility = "public", **more: Any) -> Page:
    """Return a page."""
    config = PageConfig(title="Example", visibility=visibility, **more)
    return Page(id=1, slug=slug, config=config, created_at=at(-1000), updated_at=at(-1000))


def showing(board: Board, *, root: str = "/status", url: str = URL, language: str = "en") -> Showing:
    """Return a board as somebody sees it."""
    return Showing(page(), board, root, url, language)
