"""What people did in the past of the demo: accounts, keys, a status page and what is said on it, planned work."""

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from asura.clock import SystemClock
from asura.demo.past import WHO
from asura.domain.page import Page
from asura.domain.post import Affected, ComponentStatus, PostKind, PostStatus
from asura.domain.posting import Draft, Saying
from asura.engine.acting import Acting, acting
from asura.engine.engine import Engine
from asura.engine.options import EngineOptions
from asura.net.network import open_network
from asura.store.db import Store

# Whoever tries the demo.
VISITOR = "demo"
SLUG = "example"
# With how long ago they signed in last (hours).
PEOPLE = (
    (VISITOR, "admin", "demo@example.com", 50),
    (WHO, "editor", "mia@example.com", 2),
    ("noah", "viewer", "", 160),
)
_ZONE = "Europe/Berlin"
_PAGE = {
    "title": "Example status (demo)",
    "description": "How our shop and what stands behind it are doing. A demo: everything here is made up.",
    "timezone": _ZONE,
    "components": [
        {"name": "Website", "group": "Shop", "monitor_id": "shop"},
        {"name": "Checkout", "group": "Shop", "monitor_id": "checkout-api"},
        {"name": "Search", "group": "Shop", "monitor_id": "search"},
        {"name": "Customer accounts", "group": "Shop", "monitor_group": "Accounts"},
        {"name": "Warehouse", "group": "Behind the scenes", "monitor_id": "product-images"},
        {"name": "E-mail", "group": "Behind the scenes", "monitor_group": "Mail"},
    ],
    # What is said of the outage is said by people here.
    "auto_incidents": {"when": "never"},
    "links": [{"text": "Help", "url": "https://help.example.com/"}],
    "templates": [{"name": "Payments fail", "title": "Payments fail", "text": "We are looking into failing payments."}],
}
CHECKOUT = 1
# How long ago, what was said, how long that lasted, and what was said at its end.
OLD_POSTS = (
    (timedelta(days=38, hours=5), "Some parcels could not be tracked", "Our parcel service has trouble of its own.",
     timedelta(hours=5), "All parcels can be tracked again."),
    (timedelta(days=16, hours=9), "E-mails arrived late", "Order confirmations take up to an hour.",
     timedelta(hours=3), "Nothing waits any more. No e-mail was lost."),
    (timedelta(days=2, hours=3), "Search was slow", "Searching takes longer than it should.",
     timedelta(hours=2), "An index had to be built again. Searching is fast again."),
)  # fmt: skip
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class _Told(SystemClock):
    """A clock that says what it is told."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """Return the instant that it was told."""
        return self.at


async def act(folder: Path, begin: datetime, now: datetime) -> None:
    """Let people do what they did, by what they use for it, each thing at its time."""
    clock = _Told(now)
    store = Store.open(folder, clock=clock)
    net = open_network()
    try:
        engine = Engine(store, net, clock, EngineOptions(demo=True))
        await engine.start()
        with acting(Acting(VISITOR)):
            await _move_in(engine, clock, begin, now)
        with acting(Acting(WHO)):
            clock.at = begin + timedelta(days=2)
            page = await engine.pages.create(engine.pages.prepare(_PAGE), slug=SLUG)
            await _tell_of_the_past(engine, page, clock, now)
            await _plan(engine, clock, now)
            await _tell_of_today(engine, page, clock, now)
    finally:
        await net.close()
        await store.close()


async def _move_in(engine: Engine, clock: _Told, begin: datetime, now: datetime) -> None:
    for number, (name, role, email, hours) in enumerate(PEOPLE):
        clock.at = begin + timedelta(minutes=3 * number)
        user = await engine.users.create(name, role=role, email=email)
        seen = now - timedelta(hours=hours)
        await engine.users.edit(user.id, partial(replace, last_login_at=seen), quiet=True)
    clock.at = begin + timedelta(days=1)
    await engine.keys.create("Grafana", "viewer", ("metrics",))


async def _tell_of_the_past(engine: Engine, page: Page, clock: _Told, now: datetime) -> None:
    """Say something on the page: old troubles that are over, and something to come."""
    for ago, title, text, lasted, over in OLD_POSTS:
        clock.at = now - ago
        if clock.at < page.created_at:
            continue
        post = await engine.posts.create(page, Draft(title=title, impact="minor", text=text), by=WHO)
        clock.at += lasted
        await engine.posts.add_update(page, post.id, Saying(status=PostStatus.RESOLVED, text=over), by=WHO)
    clock.at = now - timedelta(days=1, hours=2)
    day = now + timedelta(days=9)
    text = f"Support is closed on {day:%A}, {day.day} {day:%B}, while we count the stock. Orders are sent as usual."
    notice = Draft(kind=PostKind.NOTICE, title="Stocktaking", text=text, ends_at=day)
    await engine.posts.create(page, notice, by=WHO)


async def _tell_of_today(engine: Engine, page: Page, clock: _Told, now: datetime) -> None:
    clock.at = now - timedelta(minutes=3)
    affected = (Affected(page.config.components[CHECKOUT].id, ComponentStatus.MAJOR_OUTAGE),)
    looking = "We are looking into failing checkouts."
    failing = Draft(title="Checkout is not available", impact="critical", text=looking, components=affected)
    post = await engine.posts.create(page, failing, by=WHO)
    clock.at = now - timedelta(minutes=1)
    found = "We have found the cause and are **rolling back the last release**. Orders already placed are safe."
    await engine.posts.add_update(page, post.id, Saying(status=PostStatus.IDENTIFIED, text=found), by=WHO)


async def _plan(engine: Engine, clock: _Told, now: datetime) -> None:
    """Plan work: some that goes on, some that comes back each week, never today."""
    clock.at = now - timedelta(hours=20)
    minute = now.replace(second=0, microsecond=0)
    going_on = {
        "name": "New storage for the warehouse",
        "monitor_ids": ["product-images"],
        "description": "Stock figures may lag behind by some minutes.",
        "starts_at": (minute - timedelta(minutes=20)).isoformat(),
        "ends_at": (minute + timedelta(hours=1)).isoformat(),
    }
    weekly = {
        "name": "Mail servers are updated",
        "groups": ["Mail"],
        "duration_s": 5400,
        "timezone": _ZONE,
        "rrule": f"FREQ=WEEKLY;BYDAY={DAYS[(now + timedelta(days=3)).weekday()]};BYHOUR=3;BYMINUTE=0",
    }
    for body in (going_on, weekly):
        await engine.maintenance.create(engine.maintenance.prepare(body), by=WHO)
