"""Pages to look at: each a board as it may be on some day, with everything that its bars and words can say."""

from datetime import UTC, datetime, timedelta
from typing import Any

from asura.domain.board import Bar, Board, BoardComponent, BoardGroup, BoardMaintenance, BoardPost, BoardUpdate
from asura.domain.page import Page, PageConfig, PageLink, Show
from asura.domain.post import Affected, ComponentStatus, PostKind, PostStatus
from asura.web.status.showing import Showing

AS_OF = datetime(2026, 11, 20, 17, 45, 12, tzinfo=UTC)
TODAY = AS_OF.date()
HOUR = timedelta(hours=1)
UP = ComponentStatus.OPERATIONAL
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)> \"'&amp; {{ 7 * 7 }} ${page}"
LONG = "Internationalisierungsabhängigkeitsverwaltungsdienstleistung" * 3

Marks = dict[int, tuple[str, float]]


def bars(days: int = 90, *, marks: Marks | None = None, from_day: int = 0, posts: dict[int, int] | None = None) -> Any:
    """Return days of which the last one is today; `marks` has (worst, seconds of outage) by days ago."""
    found = []
    for ago in range(days - 1, -1, -1):
        worst, bad = (marks or {}).get(ago, ("up", 0.0))
        if days - 1 - ago < from_day:
            worst, bad = "no_data", 0.0
        known = worst not in ("no_data", "unknown", "paused")
        said = (posts or {}).get(ago)
        post_ids = () if said is None else (said,)
        found.append(Bar(TODAY - timedelta(days=ago), 1 - bad / 86_400 if known else None, worst, bad, post_ids))
    return tuple(found)


def component(id: int, name: str, status: ComponentStatus = UP, ratio: float | None = 1.0, **more: Any) -> Any:
    """Return a component with 90 days, all of them good unless it is said otherwise."""
    made: dict[str, Any] = {"bars": bars(), "since": AS_OF - 400 * 24 * HOUR, **more}
    return BoardComponent(id=id, name=name, status=status, ratio=ratio, **made)


def update(id: int, ago: timedelta, status: PostStatus, html: str, *affected: tuple[int, ComponentStatus]) -> Any:
    """Return something that was said a while ago."""
    parts = tuple(Affected(*one) for one in affected)
    return BoardUpdate(id=id, at=AS_OF - ago, status=status, text=html, html=f"<p>{html}</p>", components=parts)


def post(id: int, title: str, *updates: BoardUpdate, **more: Any) -> BoardPost:
    """Return a post whose updates are given newest first."""
    began, last = updates[-1].at, updates[0]
    made: dict[str, Any] = {"kind": PostKind.INCIDENT, "impact": "major", "status": last.status, "started_at": began}
    if last.status is PostStatus.RESOLVED:
        made["resolved_at"] = last.at
    return BoardPost(id=id, title=title, updates=updates, updated_at=last.at, created_at=began, **{**made, **more})


def work(title: str, status: Any, starts: timedelta, length: timedelta, **more: Any) -> BoardMaintenance:
    """Return planned work that starts a while after now."""
    begin = AS_OF + starts
    made: dict[str, Any] = {"html": "<p>We replace the disks. Orders are taken as usual.</p>", "component_ids": (4,)}
    past = AS_OF - 24 * HOUR * 30
    return BoardMaintenance(
        window_id=3, title=title, status=status, starts_at=begin, ends_at=begin + length, created_at=past,
        updated_at=past, **{**made, **more},
    )  # fmt: skip


def outage() -> BoardPost:
    """Return an incident that goes on."""
    out = (2, ComponentStatus.MAJOR_OUTAGE)
    return post(
        7,
        "Checkout is not available",
        update(72, timedelta(minutes=1), PostStatus.IDENTIFIED,
               "We have found the cause and are rolling back the last release. Orders already placed are safe.", out),
        update(71, timedelta(minutes=3), PostStatus.INVESTIGATING, "We are looking into failing checkouts.", out),
        impact="critical", component_ids=(2,),
    )  # fmt: skip


def ended() -> BoardPost:
    """Return an incident that is over, with a postmortem."""
    day = timedelta(days=2)
    return post(
        5,
        "Search was slow",
        update(53, day, PostStatus.RESOLVED, "The index is whole again, and searches are as fast as ever."),
        update(52, day + HOUR, PostStatus.MONITORING, "A new index is in place. We keep watching it."),
        update(51, day + 2 * HOUR, PostStatus.INVESTIGATING, "Searches take longer than usual."),
        impact="minor", component_ids=(3,), postmortem="A disk", postmortem_html="<p>A disk was full.</p>",
    )  # fmt: skip


def shop() -> tuple[BoardComponent, ...]:
    """Return the components of a shop, with a past."""
    return (
        component(1, "Website", bars=bars(marks={57: ("degraded", 0.0)}, from_day=2), ratio=0.99994),
        component(2, "Checkout", bars=bars(marks={49: ("down", 9_800.0), 28: ("degraded", 0.0), 11: ("down", 240.0)}),
                  ratio=0.9971, description="Basket, payment and order confirmation."),
        component(3, "Search", bars=bars(marks={2: ("degraded", 0.0)}, posts={2: 5}), ratio=1.0),
        component(4, "Warehouse", bars=bars(marks={78: ("maintenance", 0.0)}), ratio=0.9998),
        component(5, "E-mail", bars=bars(marks={19: ("unknown", 0.0), 40: ("down", 3_000.0)}), ratio=0.9997),
    )  # fmt: skip


def board(**more: Any) -> Board:
    """Return the shop on a quiet day."""
    made: dict[str, Any] = {
        "page_id": 1,
        "slug": "status",
        "title": "Example status",
        "timezone": "Europe/Berlin",
        "status": "operational",
        "as_of": AS_OF,
        "updated_at": AS_OF - HOUR,
        "components": shop(),
        "groups": (
            BoardGroup(name="Shop", component_ids=(1, 2, 3)),
            BoardGroup(name="Behind the scenes", component_ids=(4, 5), collapsed=True),
        ),
    }
    return Board(**{**made, **more})


def with_states(**states: ComponentStatus) -> tuple[BoardComponent, ...]:
    """Return the components of the shop, some of them in another state, by id as `c2`."""
    marks = {ComponentStatus.MAJOR_OUTAGE: "down", ComponentStatus.MAINTENANCE: "maintenance"}
    found = []
    for one in shop():
        state = states.get(f"c{one.id}", one.status)
        today = Bar(TODAY, one.bars[-1].ratio, marks.get(state, "degraded"), 180.0, (7,)) if state is not UP else None
        kept = one.bars if today is None else (*one.bars[:-1], today)
        found.append(component(one.id, one.name, state, one.ratio, bars=kept, description=one.description))
    return tuple(found)


def major() -> Board:
    """Return the shop while it is partly out, with what is said about it."""
    parts = with_states(c2=ComponentStatus.MAJOR_OUTAGE, c4=ComponentStatus.MAINTENANCE)
    running = work("New disks", "in_progress", -HOUR, 2 * HOUR)
    coming = work("A new data centre", "scheduled", 30 * HOUR, 3 * HOUR, component_ids=(1, 2, 3, 4, 5))
    return board(status="partial_outage", components=parts, active=(outage(),), past=(ended(),),
                 maintenance=(running, coming))  # fmt: skip


def notice() -> BoardPost:
    """Return something that is said and is nothing wrong."""
    said = update(91, 5 * HOUR, PostStatus.MONITORING, 'Deliveries to islands take a day longer. <a href="/x">Why</a>')
    return post(9, "Storm warning", said, kind=PostKind.NOTICE, impact="none")


def hundred(days: int = 90) -> Board:
    """Return a page with 100 components."""
    parts = tuple(
        component(n, f"Service {n}", bars=bars(days, marks={n % days: ("down", 300.0 * n), n // 2: ("degraded", 0)}))
        for n in range(1, 101)
    )
    groups = tuple(
        BoardGroup(name=f"Region {n}", component_ids=tuple(range(n * 20 + 1, n * 20 + 21)), collapsed=n > 2)
        for n in range(5)
    )
    return board(components=parts, groups=groups)


def of(days: int, *, response: bool = False) -> tuple[BoardComponent, ...]:
    """Return components with another number of days, and with response times."""
    times = tuple(None if n < 9 else 180.0 + (n * 37) % 90 for n in range(days)) if response else ()
    marks: Marks = {3: ("down", 90_000.0), 30: ("down", 60.0), 31: ("maintenance", 0.0)}
    return (
        component(1, "Website", bars=bars(days, marks=marks), response_ms=times),
        component(2, "Checkout", bars=bars(days, from_day=days - 10), response_ms=times),
        component(3, "Search", ComponentStatus.UNKNOWN, None, bars=bars(days, from_day=days)),
    )


def plain(days: int, **more: Any) -> Board:
    """Return a page without groups."""
    return board(components=of(days, **more), groups=(BoardGroup(name="", component_ids=(1, 2, 3)),))


def hostile() -> Board:
    """Return a page in which everything that somebody may write is meant to break it, or is very long."""
    said = update(1, HOUR, PostStatus.INVESTIGATING, "Fine &lt;b&gt;")
    parts = (
        component(1, HOSTILE, description=HOSTILE, bars=bars(posts={3: 1})),
        component(2, LONG, ComponentStatus.PARTIAL_OUTAGE, description=LONG),
    )
    return board(title=HOSTILE, description=HOSTILE, timezone="Nowhere/At_all", components=parts,
                 groups=(BoardGroup(name=HOSTILE, description=LONG, component_ids=(1, 2)),),
                 active=(post(1, HOSTILE, said, component_ids=(1, 2)),), notices=(post(2, LONG, said),),
                 maintenance=(work(HOSTILE, "in_progress", -HOUR, 2 * HOUR),))  # fmt: skip


def everything() -> dict[str, Board]:
    """Return all sample boards by name."""
    empty = board(components=(), groups=())
    all_unknown = tuple(
        component(n, f"Part {n}", ComponentStatus.UNKNOWN, None, bars=bars(from_day=90)) for n in (1, 2)
    )
    return {
        "quiet": board(),
        "major": major(),
        "notice": board(notices=(notice(),), past=(ended(),), past_maintenance=(
            work("Database upgrade", "completed", -100 * HOUR, 2 * HOUR),)),
        "unknown": board(status="unknown", components=all_unknown, groups=(BoardGroup(name="", component_ids=(1, 2)),)),
        "degraded": board(status="degraded", components=with_states(c3=ComponentStatus.DEGRADED)),
        "maintenance": board(status="maintenance", components=with_states(c4=ComponentStatus.MAINTENANCE),
                             maintenance=(work("New disks", "in_progress", -HOUR, 2 * HOUR),)),
        "down": board(status="major_outage", components=with_states(**{
            f"c{n}": ComponentStatus.MAJOR_OUTAGE for n in range(1, 6)})),
        "year": plain(365, response=True),
        "month": plain(30),
        "hostile": hostile(),
        "hundred": hundred(),
        "empty": empty,
    }  # fmt: skip


def page(**more: Any) -> Page:
    """Return a page with links."""
    made: dict[str, Any] = {
        "title": "Example status",
        "links": (PageLink(text="Help", url="https://example.com/help"),),
    }
    config = PageConfig(**{**made, **more})
    return Page(id=1, slug="status", config=config, created_at=AS_OF, updated_at=AS_OF)


def showing(shown: Board, *, language: str = "en", root: str = "/status", days: int = 90, **more: Any) -> Showing:
    """Return a board as somebody sees it."""
    more.setdefault("show", Show(days=days, response_times=True))
    return Showing(page(**more), shown, root, f"https://asura.example{root}", language)
