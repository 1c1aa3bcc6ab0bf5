"""Makes the boards of status pages from what is in memory, and keeps each until it has to be made anew."""

from typing import TYPE_CHECKING

from asura.domain.board import Board
from asura.domain.page import Page

if TYPE_CHECKING:
    from asura.engine.engine import Engine


class Boards:
    """The board of each page, at most five seconds old; the last one while nothing can be stored."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine

    async def board(self, page: Page) -> Board:
        """Return what a page shows now."""
        now = self._engine.clock.now()
        return Board(
            page_id=page.id,
            slug=page.slug,
            title=page.config.title,
            description=page.config.description,
            timezone=page.config.timezone,
            status="operational",
            as_of=now,
            updated_at=page.updated_at,
        )
