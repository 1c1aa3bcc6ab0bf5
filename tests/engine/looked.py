"""How tests look at boards."""

from typing import Any

from asura.domain.board import Board
from asura.domain.page import Page
from tests.engine.said import page_of
from tests.world import World


async def board_of(w: World, page: Page) -> Board:
    """Return the board of a page."""
    return await w.engine.boards.board(w.engine.pages.get(page.id))


async def shown(w: World, *ids: int, **more: Any) -> Page:
    """Create a page with a component for each of some monitors."""
    return await page_of(w, components=[{"monitor_id": id_} for id_ in ids], **more)


def words(board: Board) -> dict[str, str]:
    """Return how the components of a board are, by name."""
    return {one.name: one.status.value for one in board.components}
