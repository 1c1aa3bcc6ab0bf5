"""What a probe delivers at once: stored with the note that it was taken, in one commit for which somebody waits."""

import asyncio
import sqlite3
from collections.abc import Callable, Collection

from asura.domain.result import Result


def _nothing(db: sqlite3.Connection) -> None:
    return


class Delivery:
    """Results of one batch: those to be judged, and those that are history alone. `note` writes that it was taken."""

    __slots__ = ("answer", "news", "note", "past")

    def __init__(
        self,
        news: list[Result],
        past: list[Result],
        *,
        note: Callable[[sqlite3.Connection], object] = _nothing,
        answer: "asyncio.Future[None] | None" = None,
    ) -> None:
        self.news = news
        self.past = past
        self.note = note
        self.answer = answer

    def __len__(self) -> int:
        return len(self.news) + len(self.past)

    @property
    def monitor_ids(self) -> list[int]:
        """Return which monitors it tells of."""
        return list(dict.fromkeys(result.monitor_id for results in (self.news, self.past) for result in results))

    def divided(self, ids: Collection[int]) -> "tuple[Delivery, Delivery]":
        """Return what it tells of some monitors, with its note and whoever waits, and what of all others."""
        news, past = ([one for one in results if one.monitor_id in ids] for results in (self.news, self.past))
        more, older = ([one for one in results if one.monitor_id not in ids] for results in (self.news, self.past))
        return Delivery(news, past, note=self.note, answer=self.answer), Delivery(more, older)

    def publish(self) -> None:
        """Tell who waits that it is stored."""
        if self.answer is not None and not self.answer.done():
            self.answer.set_result(None)

    def refuse(self, error: Exception) -> None:
        """Tell who waits that it is not: it is to be sent again."""
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(error)
