"""Words that are stored as numbers, because each result carries them: regions and reasons."""

import sqlite3
from collections.abc import Callable
from typing import Literal

FIND = "SELECT number FROM words WHERE kind = ? AND word = ?"
NEXT = "SELECT coalesce(max(number), 0) + 1 FROM words WHERE kind = ?"
ADD = "INSERT INTO words (kind, number, word) VALUES (?, ?, ?)"
ALL = "SELECT number, word FROM words WHERE kind = ? ORDER BY number"

Kind = Literal["region", "reason"]


class Words:
    """The words of one kind, both ways. A word that is being added is known only after its commit."""

    def __init__(self, kind: Kind, after_commit: Callable[[Callable[[], None]], None], *, limit: int) -> None:
        self._kind = kind
        self._after_commit = after_commit
        self._limit = limit
        self._numbers: dict[str, int] = {}
        self._words: dict[int, str] = {}

    def load(self, db: sqlite3.Connection) -> None:
        """Read all words."""
        for number, word in db.execute(ALL, (self._kind,)):
            self._keep(word, number)

    def number(self, db: sqlite3.Connection, word: str) -> int:
        """Return the number of a word, which is added when it is new."""
        known = self._numbers.get(word)
        return known if known is not None else self._find_or_add(db, word)

    def find(self, word: str) -> int | None:
        """Return the number of a word; None when no result ever had it."""
        return self._numbers.get(word)

    def word(self, number: int) -> str:
        """Return the word of a number."""
        return self._words[number]

    def numbers(self) -> list[int]:
        """Return the numbers of all words."""
        return list(self._words)

    def _find_or_add(self, db: sqlite3.Connection, word: str) -> int:
        row = db.execute(FIND, (self._kind, word)).fetchone()
        if row is None:
            row = db.execute(NEXT, (self._kind,)).fetchone()
            if row[0] >= self._limit:
                raise ValueError(f"more than {self._limit} different {self._kind}s")
            db.execute(ADD, (self._kind, row[0], word))
        number = int(row[0])
        self._after_commit(lambda: self._keep(word, number))
        return number

    def _keep(self, word: str, number: int) -> None:
        self._words[number] = word
        self._numbers[word] = number
