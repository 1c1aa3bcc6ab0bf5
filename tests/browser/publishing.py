"""Gives a seeded asura a public face: a page with its components, something said on it, and planned work."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.browser.running import Asura

SLUG = "example"
COMPONENTS = (
    ("Website", "Shop", {"monitor_id": "shop"}),
    ("Checkout", "Shop", {"monitor_id": "checkout-api"}),
    ("Search", "Shop", {"monitor_id": "search"}),
    ("Customer accounts", "Shop", {"monitor_group": "Accounts"}),
    ("Warehouse", "Behind the scenes", {"monitor_id": "product-images"}),
    ("E-mail", "Behind the scenes", {"monitor_group": "Mail"}),
)


def publish(asura: Asura) -> int:
    """Make the page, write on it, plan work; returns its id."""
    components = [{"name": name, "group": group, **subject} for name, group, subject in COMPONENTS]
    page = asura.call(
        "POST",
        "/status-pages",
        {
            "slug": SLUG,
            "title": "Example status",
            "description": "How our shop and what stands behind it are doing.",
            "timezone": "Europe/Berlin",
            "components": components,
            # What is said of the outage is said by people here.
            "auto_incidents": {"when": "never"},
            "links": [{"text": "Help", "url": "https://help.example.com/"}],
        },
    )
    _write(asura, page)
    _plan(asura)
    return int(page["id"])


def _write(asura: Asura, page: Any) -> None:
    checkout = [{"component_id": page["components"][1]["id"], "status": "major_outage"}]
    now = datetime.now(UTC)
    posts = f"/status-pages/{page['id']}/incidents"

    def ago(**how: float) -> str:
        return (now - timedelta(**how)).isoformat()

    open_one = {"title": "Checkout is not available", "impact": "critical", "components": checkout}
    first = {"status": "investigating", "text": "We are looking into failing checkouts.", "publish_at": ago(minutes=34)}
    number = asura.call("POST", posts, {**open_one, **first})["id"]
    text = "We have found the cause and are **rolling back the last release**. Orders already placed are safe."
    asura.call("POST", f"{posts}/{number}/updates", {"status": "identified", "text": text, "at": ago(minutes=12)})

    old = {"title": "Search was slow", "impact": "minor", "text": "Searching takes longer than it should."}
    number = asura.call("POST", posts, {**old, "publish_at": ago(days=2, hours=3)})["id"]
    text = "An index had to be built again. Searching is fast again."
    asura.call("POST", f"{posts}/{number}/updates", {"status": "resolved", "text": text, "at": ago(days=2, hours=1)})

    text = "Support is closed on the 24th and 25th. Orders are sent as usual."
    asura.call("POST", posts, {"kind": "notice", "title": "Opening hours in December", "text": text})


def _plan(asura: Asura) -> None:
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    running = {"name": "New storage for the warehouse", "monitor_ids": ["product-images"]}
    text = "Stock figures may lag behind by some minutes."
    ends = {"starts_at": (now - timedelta(minutes=20)).isoformat(), "ends_at": (now + timedelta(hours=1)).isoformat()}
    asura.call("POST", "/maintenance", {**running, "description": text, **ends})
    weekly = {"name": "Mail servers are updated", "groups": ["Mail"], "duration_s": 5400, "timezone": "Europe/Berlin"}
    # Never today, whatever day it is.
    day = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[(now + timedelta(days=3)).weekday()]
    asura.call("POST", "/maintenance", {**weekly, "rrule": f"FREQ=WEEKLY;BYDAY={day};BYHOUR=3;BYMINUTE=0"})
