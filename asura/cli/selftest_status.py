"""The part of the self-test that touches what programs read of status pages: feeds and calendars."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asura.web.status.showing import Showing

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def feeds() -> str:
    """Make each feed of a page; raises where that does not work."""
    from asura.web.status import feeds

    sizes = [len(feeds.render(_showing(), name)) for name in feeds.MEDIA_TYPES]
    return f"{len(sizes)} feeds, {sum(sizes)} bytes"


def calendars() -> str:
    """Make a calendar of planned work that comes again and again; raises RuntimeError where that does not work."""
    from asura.domain.maintenance import Window, WindowConfig
    from asura.web.status import calendar

    rule = "FREQ=MONTHLY;BYDAY=1SU;BYHOUR=2;BYMINUTE=30"
    config = WindowConfig(name="Disks", tags=("*",), rrule=rule, duration_s=3_600, timezone="Europe/Berlin")
    window = Window(id=1, config=config, created_by="selftest", created_at=NOW, updated_at=NOW)
    made = calendar.render(_showing(), [calendar.Planned(window, frozenset({1}))], NOW)
    if b"RRULE:FREQ=MONTHLY" not in made or b"BEGIN:VTIMEZONE" not in made:
        raise RuntimeError(made[:500].decode())
    return f"{len(made)} bytes"


def _showing() -> "Showing":
    from asura.domain.board import Board, BoardMaintenance
    from asura.domain.page import Page, PageConfig
    from asura.web.status.showing import Showing

    work = BoardMaintenance(
        window_id=1,
        title="Disks",
        status="scheduled",
        starts_at=NOW + timedelta(days=1),
        ends_at=NOW + timedelta(days=2),
        created_at=NOW,
        updated_at=NOW,
    )
    board = Board(
        page_id=1, slug="status", title="Status", status="operational", as_of=NOW, updated_at=NOW, maintenance=(work,)
    )
    page = Page(id=1, slug="status", config=PageConfig(title="Status"), created_at=NOW, updated_at=NOW)
    return Showing(page, board, "/status", "https://asura.example/status", "en")
