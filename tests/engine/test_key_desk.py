"""API keys: known by their hash alone, gone the moment they are revoked or expire."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from asura.engine.key_desk import PREFIX, hash_token
from asura.engine.options import EngineOptions
from asura.errors import Invalid, NotFound
from tests.engine.kit import break_commits, faults, mend_commits, rows
from tests.world import world


async def test_a_key_is_known_by_its_token_and_stored_as_its_hash(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        assert not w.engine.keys.any
        key, token = await w.engine.keys.create(" ci ", "editor", ["write", "read"])
        assert token.startswith(PREFIX) and len(token) >= 30
        actor = w.engine.keys.verify(token)
        assert actor is not None
        assert (actor.name, actor.role, actor.scopes) == ("ci", "editor", frozenset({"read", "write"}))
        assert await rows(w.store, "SELECT hash FROM keys") == [(hash_token(token),)]
        assert token not in (tmp_path / "asura.db").read_bytes().decode("latin-1")
        await w.restart()
        assert w.engine.keys.verify(token) == actor
        assert w.engine.keys.list() == [key]


@pytest.mark.parametrize("token", ["", "asura_", "asura_nobody", "\ud800", "x" * 100_000])
async def test_what_is_no_key_is_nobody(tmp_path: Path, token: str) -> None:
    async with world(tmp_path) as w:
        await w.engine.keys.create("ci", "admin")
        assert w.engine.keys.verify(token) is None


async def test_no_two_tokens_are_alike(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        tokens = {(await w.engine.keys.create("same", "viewer"))[1] for _ in range(5)}
        assert len(tokens) == 5


async def test_a_revoked_key_ends_at_once(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        key, token = await w.engine.keys.create("ci", "admin")
        await w.engine.keys.revoke(key.id)
        assert (w.engine.keys.verify(token), w.engine.keys.any) == (None, False)
        with pytest.raises(NotFound):
            await w.engine.keys.revoke(key.id)
        await w.restart()
        assert w.engine.keys.verify(token) is None


async def test_a_revocation_that_could_not_be_stored_did_not_happen(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await break_commits(w.store, "keys")
        with pytest.raises(Exception, match="cannot commit"):
            await w.engine.keys.create("ci", "admin")
        assert not w.engine.keys.any
        await mend_commits(w.store)


async def test_a_key_expires_at_its_instant(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        _, token = await w.engine.keys.create("ci", "admin", expires_at=w.clock.now() + timedelta(minutes=1))
        w.clock.turn(59.9)
        assert w.engine.keys.verify(token) is not None
        w.clock.turn(0.1)
        assert w.engine.keys.verify(token) is None


async def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        with pytest.raises(Invalid) as raised:
            await w.engine.keys.create(" ", "king", ["read", "all"], expires_at=w.clock.now())
        assert set(faults(raised.value)) == {"name", "role", "scopes", "expires_at"}
        assert w.engine.keys.list() == []


async def test_keys_of_the_configuration_are_known_and_exchanged(tmp_path: Path) -> None:
    options = EngineOptions(api_keys=(("boot", hash_token("one").upper(), "admin", ("read",)),))
    async with world(tmp_path, options) as w:
        actor = w.engine.keys.verify("one")
        assert actor is not None
        assert (actor.name, actor.role, actor.scopes, actor.key_id) == ("boot", "admin", frozenset({"read"}), None)
        assert w.engine.keys.any
        w.engine.keys.configure([("new", hash_token("two"), "viewer", ())])
        assert w.engine.keys.verify("one") is None
        assert w.engine.keys.verify("two") is not None
        await w.engine.keys.used(actor)


async def test_the_first_use_of_a_key_is_told_once(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        _, token = await w.engine.keys.create("first", "admin")
        told: list[str] = []
        w.engine.keys.when_used(hash_token(token), lambda: told.append("used"))
        w.engine.keys.verify("another")
        assert told == []
        for _ in range(3):
            w.engine.keys.verify(token)
        assert told == ["used"]


async def test_use_is_noted_once_a_minute(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        _, token = await w.engine.keys.create("ci", "admin")
        actor = w.engine.keys.verify(token)
        assert actor is not None
        await asyncio.gather(w.engine.keys.used(actor), w.store.write(lambda db: None))
        first = w.engine.keys.list()[0].last_used_at
        before = w.store.stats()["changes"]
        w.clock.turn(59)
        await w.engine.keys.used(actor)
        assert (w.engine.keys.list()[0].last_used_at, w.store.stats()["changes"]) == (first, before)
        w.clock.turn(1)
        await asyncio.gather(w.engine.keys.used(actor), w.store.write(lambda db: None))
        assert w.engine.keys.list()[0].last_used_at == w.clock.now()
        await w.restart()
        assert w.engine.keys.list()[0].last_used_at == w.clock.now()
