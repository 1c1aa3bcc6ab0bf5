"""What becomes of accounts, sessions and links is written down, and none of what is secret about them."""

from pathlib import Path
from typing import Any

import pytest

from asura.domain.fields import STARS
from asura.domain.user import name_fault
from asura.engine.session_desk import Visit
from asura.engine.signing_in import WrongPassword
from asura.errors import Conflict
from asura.store import audit
from asura.store.audit import Entry, Wanted
from tests.engine.kit import count
from tests.world import World, world

PASSWORD, OTHER = "a quiet afternoon", "a loud evening in june"
HERE = Visit("192.0.2.7", "a browser")


async def written(w: World, *, after: int = 0) -> list[Entry]:
    """Return the log from some row on, oldest first."""
    async with w.store.read() as reader:
        found, _ = await audit.page(reader, Wanted(), limit=500)
    return found[::-1][after:]


async def user(w: World, name: str = "ada", **more: Any) -> int:
    return (await w.engine.users.create(name, role=more.pop("role", "editor"), password=PASSWORD, **more)).id


async def test_what_becomes_of_a_user_is_written_down(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        ada, desk = await user(w), w.engine.users
        await desk.change(ada, role="viewer", tags=("eu",))
        await desk.change(ada, role="viewer")
        await desk.change(ada, disabled_at=w.clock.now())
        await desk.change(ada, disabled_at=None)
        await desk.set_password(ada, OTHER)
        await desk.delete(ada)
        rows = await written(w)
    assert {(one.entity, one.entity_id, one.name) for one in rows} == {("user", ada, "ada")}
    assert [one.action for one in rows] == ["create", "update", "disable", "enable", "password", "delete"]
    assert (rows[1].before, rows[1].after) == ({"role": "editor", "tags": []}, {"role": "viewer", "tags": ["eu"]})
    assert (rows[4].before, rows[4].after) == ({"password": STARS}, {"password": STARS})
    assert "argon2" not in str(rows)
    assert PASSWORD not in str(rows)


async def test_signing_in_and_out_and_failing_to_are_written_down(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await user(w)
        door, before = w.engine.signing_in, await count(w.store, "audit")
        session, token = await door.log_in("ada", PASSWORD, None, HERE, network="n")
        for name in ("ada", "hunter2 typed into the wrong field"):
            with pytest.raises(WrongPassword):
                await door.log_in(name, "wrong", None, HERE, network="n")
        await w.engine.sessions.end(session.id, action="logout")
        rows = await written(w, after=before)
    assert [(one.actor, one.action, one.name) for one in rows] == [
        ("ada", "login", "ada"),
        ("asura", "login_failed", "ada"),
        ("asura", "login_failed", ""),
        ("asura", "logout", "ada"),
    ]
    assert "hunter2" not in str(rows)
    assert token not in str(rows)
    assert session.hash not in str(rows)


async def test_who_guesses_on_and_on_fills_no_disk(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        ada = w.engine.users.find(await user(w))
        for _ in range(20):
            await w.engine.users.note_failure(ada)
            await w.engine.users.note_failure(None)
        w.clock.turn(61)
        await w.engine.users.note_failure(ada)
        rows = [one.name for one in await written(w) if one.action == "login_failed"]
    assert rows == ["ada", "", "ada"]


async def test_sessions_that_others_end_are_written_down(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        ada = await user(w)
        sessions = [(await w.engine.sessions.begin(ada, HERE))[0] for _ in range(3)]
        before = await count(w.store, "audit")
        await w.engine.sessions.end(sessions[0].id)
        await w.engine.sessions.end_of(ada, but=sessions[2].id)
        await w.engine.sessions.end_of(ada, but=sessions[2].id)
        rows = await written(w, after=before)
    assert [(one.action, one.entity_id, one.before) for one in rows] == [
        ("revoke", sessions[0].id, None), ("revoke", None, {"sessions": 1})
    ]  # fmt: skip


async def test_links_are_written_down_without_being_shown(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        ada, desk = await user(w), w.engine.invitations
        before = await count(w.store, "audit")
        first = await desk.invite("viewer", tags=["eu"], email="b@example.com", by="ada")
        await desk.withdraw(first.invitation.id)
        second = await desk.invite("viewer", by="ada")
        await desk.accept(second.link.partition("#")[2], PASSWORD, "bob")
        reset = await desk.reset(ada, by="bob")
        await desk.accept(reset.link.partition("#")[2], OTHER, None)
        rows = await written(w, after=before)
    assert [(one.entity, one.action, one.name) for one in rows] == [
        ("invitation", "create", "b@example.com"),
        ("invitation", "delete", ""),
        ("invitation", "create", ""),
        ("invitation", "accept", ""),
        ("user", "create", "bob"),
        ("user", "reset", "ada"),
        ("user", "password", "ada"),
    ]
    for handed in (first, second, reset):
        assert handed.link.partition("#")[2] not in str(rows)


async def test_what_was_refused_is_not_written_down(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        only = await user(w, role="admin")
        before = await count(w.store, "audit")
        with pytest.raises(Conflict):
            await w.engine.users.delete(only)
        assert await count(w.store, "audit") == before


@pytest.mark.parametrize("name", ["asura", "Command Line", "configuration file", "ANONYMOUS", "key:ci", " Key:x"])
def test_nobody_is_called_like_one_who_is_no_user(name: str) -> None:
    assert name_fault(name) == "is what the audit log calls somebody else"
