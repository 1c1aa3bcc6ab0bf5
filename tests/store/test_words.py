"""A word has one number for ever, and is known only when it is stored."""

import sqlite3
from pathlib import Path

import pytest

from asura.store.words import Words
from tests.store.kit import opened


async def test_words_are_numbered_once(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        words = Words("region", store.after_commit, limit=4)

        def add(db: sqlite3.Connection, *names: str, fail: bool = False) -> list[int]:
            numbers = [words.number(db, name) for name in names]
            if fail:
                raise KeyError("a bug")
            return numbers

        with pytest.raises(KeyError):
            await store.write(lambda db: add(db, "lost", fail=True))
        assert words.find("lost") is None
        assert await store.write(lambda db: add(db, "local", "eu", "local")) == [1, 2, 1]
        assert (words.find("eu"), words.word(2), words.numbers()) == (2, "eu", [1, 2])
        assert await store.write(lambda db: add(db, "us")) == [3]
        with pytest.raises(ValueError, match="more than 4"):
            await store.write(lambda db: add(db, "one-too-many"))
        again = Words("region", store.after_commit, limit=4)
        await store.write(again.load)
        assert again.numbers() == [1, 2, 3]
        other = Words("reason", store.after_commit, limit=4)
        await store.write(other.load)
        assert other.numbers() == []
