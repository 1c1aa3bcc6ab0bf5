"""API keys are stored as hashes, once each."""

from pathlib import Path

import msgspec
import pytest

from asura.errors import Conflict
from asura.store import keys
from asura.store.keys import ApiKey
from tests.store.kit import START, after, opened


async def test_keys_are_stored_touched_and_deleted(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        wanted = ApiKey(
            name="ci",
            role="editor",
            scopes=("read", "write"),
            hash="ab" * 32,
            created_at=START,
            expires_at=after(days=9),
            rate_per_sec=2.5,
        )
        made = await store.write(lambda db: keys.insert(db, wanted))
        assert made == msgspec.structs.replace(wanted, id=1)
        other = await store.write(
            lambda db: keys.insert(db, ApiKey(name="all", role="admin", hash="cd" * 32, created_at=START))
        )
        with pytest.raises(Conflict):
            await store.write(lambda db: keys.insert(db, wanted))
        await store.write(lambda db: keys.touch(db, made.id, after(hours=1)))
        touched = msgspec.structs.replace(made, last_used_at=after(hours=1))
        assert await store.write(keys.load_all) == [touched, other]
        assert await store.write(lambda db: keys.delete(db, made.id))
        assert not await store.write(lambda db: keys.delete(db, made.id))
        assert await store.write(keys.load_all) == [other]


def test_a_key_does_not_show_its_hash() -> None:
    assert "abab" not in repr(ApiKey(name="ci", role="viewer", hash="ab" * 32, created_at=START))
