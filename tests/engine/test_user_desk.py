"""Users: what may be set, what a change ends, and that an admin is always left."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest

from asura.domain.user import Origin
from asura.errors import Conflict, Invalid, NotFound
from tests.engine.kit import break_commits, faults, mend_commits, rows
from tests.engine.people import OTHER, PASSWORD, come_in, enrol, person, town


async def test_a_user_is_found_by_id_name_and_subject_also_after_a_restart(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        assert not w.engine.users.any
        ann = await w.engine.users.create(
            " Ann ", role="admin", password=PASSWORD, email=" a@b.example ", tags=["eu", " eu "]
        )
        bo = await person(w, "Łukasz", "viewer", password=None, origin=Origin.OIDC, subject="x|1")
        assert (ann.name, ann.email, ann.tags) == ("Ann", "a@b.example", ("eu",))
        for _ in range(2):
            users = w.engine.users
            assert users.any and users.all() == [ann, bo]
            assert users.find(ann.id) == users.named("aNN") == users.get(ann.id) == ann
            assert users.vouched_for("x|1") == users.named("ŁUKASZ") == bo
            assert users.find(99) is users.named("nobody") is users.vouched_for("x|2") is None
            with pytest.raises(NotFound):
                users.get(99)
            await w.restart()
    assert PASSWORD.encode() not in (tmp_path / "asura.db").read_bytes()


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": ""}, {"name"}),
        ({"name": "x" * 65}, {"name"}),
        ({"name": "a\0b"}, {"name"}),
        ({"name": "a\ud800"}, {"name"}),
        ({"name": "a\u202eb"}, {"name"}),
        ({"name": "ANN"}, {"name"}),
        ({"role": "root"}, {"role"}),
        ({"email": "nobody"}, {"email"}),
        ({"tags": ["x" * 65]}, {"tags"}),
        ({"tags": [""]}, {"tags"}),
        ({"tags": [str(n) for n in range(51)]}, {"tags"}),
        ({"password": "short"}, {"password"}),
        ({"password": "Password123!"}, {"password"}),
        ({"name": "Bartholomew", "password": "bartholomew1"}, {"password"}),
        ({"name": "", "role": "", "email": "x", "password": ""}, {"name", "role", "email", "password"}),
    ],
)
async def test_what_is_wrong_is_named_and_nothing_is_made(
    tmp_path: Path, fields: dict[str, Any], wrong: set[str]
) -> None:
    async with town(tmp_path) as w:
        await person(w)
        wanted = {"name": "bo", "role": "viewer", "password": PASSWORD} | fields
        with pytest.raises(Invalid) as raised:
            await w.engine.users.create(wanted.pop("name"), **wanted)
        assert faults(raised.value).keys() == wrong
        assert len(w.engine.users.all()) == 1


async def test_a_name_made_twice_at_once_is_made_once(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        names = ("ann", "Ann", "ANN", "ＡＮＮ", "ann ")  # noqa: RUF001
        made = await asyncio.gather(*(person(w, name) for name in names), return_exceptions=True)
        assert sum(isinstance(one, Invalid) for one in made) == 4
        assert len(w.engine.users.all()) == 1


async def test_the_first_is_made_once(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        called: list[int] = []
        w.engine.users.when_first = lambda: called.append(1)
        made = await asyncio.gather(*(person(w, f"user{n}", first=True) for n in range(5)), return_exceptions=True)
        assert sum(isinstance(one, Conflict) for one in made) == 4
        assert len(w.engine.users.all()) == len(called) == 1
        await person(w, "bo")
        assert len(called) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"role": "editor"},
        {"tags": ("eu",)},
        {"disabled_at": "now"},
        {"password": "another hash"},
        {"name": "anna"},
        {"email": "a@b.example"},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_a_change_of_rights_ends_what_is_open_and_another_does_not(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    async with town(tmp_path) as w:
        await person(w, "root")
        ann = await person(w)
        mine, his = await come_in(w), await come_in(w, "root")
        made = {name: w.clock.now() if value == "now" else value for name, value in change.items()}
        await w.engine.users.change(ann.id, **made)
        stays = bool(change.keys() & {"name", "email"})
        assert (w.engine.signing_in.actor(mine) is not None) == stays
        assert w.engine.signing_in.actor(his) is not None
        await w.restart()
        assert (w.engine.signing_in.actor(mine) is not None) == stays


async def test_the_session_that_is_kept_has_another_cookie(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        ann = await person(w)
        here, there = await come_in(w), await come_in(w)
        session = w.engine.sessions.find(here)
        assert session is not None
        kept = w.engine.sessions.keeping(session.id)
        assert kept is not None
        await w.engine.users.set_password(ann.id, OTHER, keep=kept)
        for _ in range(2):
            found = [w.engine.sessions.find(token) for token in (here, there, kept.token)]
            assert [one and one.id for one in found] == [None, None, session.id]
            await w.restart()
        assert w.engine.sessions.keeping(None) is w.engine.sessions.keeping(99) is None


async def test_an_edit_that_changes_nothing_leaves_the_cookie_as_it_is(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        ann = await person(w)
        token = await come_in(w)
        session = w.engine.sessions.find(token)
        kept = w.engine.sessions.keeping(session.id if session else 0)
        await w.engine.users.change(ann.id, keep=kept, role="admin")
        assert w.engine.sessions.find(token) is not None
        assert kept is not None and w.engine.sessions.find(kept.token) is None


async def test_somebody_who_is_disabled_cannot_come_back_until_they_are_enabled(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        await person(w, "root")
        ann = await person(w, role="viewer")
        await w.engine.users.change(ann.id, disabled_at=w.clock.now())
        with pytest.raises(Exception, match="wrong"):
            await come_in(w)
        await w.engine.users.change(ann.id, disabled_at=None)
        assert w.engine.signing_in.actor(await come_in(w)) is not None


@pytest.mark.parametrize("how", ["demote", "disable", "delete"])
async def test_the_last_admin_who_can_come_in_stays(tmp_path: Path, how: str) -> None:
    async with town(tmp_path) as w:
        ann = await person(w)
        gone = await person(w, "gone")
        await w.engine.users.change(gone.id, disabled_at=w.clock.now())
        await person(w, "bo", "editor")
        token = await come_in(w)

        async def act() -> None:
            if how == "delete":
                await w.engine.users.delete(ann.id)
            else:
                change = {"role": "editor"} if how == "demote" else {"disabled_at": w.clock.now()}
                await w.engine.users.change(ann.id, **change)

        before = w.engine.users.all()
        with pytest.raises(Conflict, match="last admin"):
            await act()
        assert w.engine.users.all() == before
        assert w.engine.signing_in.actor(token) is not None, "what failed ended nothing"
        await w.restart()
        assert w.engine.users.all() == before
        await person(w, "cy")
        await act()


async def test_two_admins_who_demote_each_other_at_once_leave_one(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        made = [await person(w, f"user{n}") for n in range(4)]
        done = await asyncio.gather(
            *(w.engine.users.change(one.id, role="viewer") for one in made), return_exceptions=True
        )
        assert sum(isinstance(one, Conflict) for one in done) == 1
        assert sum(one.rules for one in w.engine.users.all()) == 1


async def test_a_deleted_user_is_gone_with_all_that_was_theirs(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        await person(w, "root")
        ann = await person(w, subject="x|1")
        token = await come_in(w)
        await w.engine.invitations.reset(ann.id, by="root")
        await w.engine.users.delete(ann.id)
        assert w.engine.signing_in.actor(token) is None
        assert w.engine.users.named("ann") is w.engine.users.vouched_for("x|1") is None
        assert await rows(w.store, "SELECT id FROM sessions") == await rows(w.store, "SELECT id FROM invitations") == []
        with pytest.raises(NotFound):
            await w.engine.users.delete(ann.id)
        again = await person(w)
        assert again.id > ann.id


async def test_a_rename_frees_the_old_name_and_takes_no_other(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        ann, bo = await person(w), await person(w, "bo")
        with pytest.raises(Invalid) as raised:
            await w.engine.users.change(bo.id, name="ANN")
        assert faults(raised.value).keys() == {"name"}
        await w.engine.users.change(ann.id, name="ANN")
        await w.engine.users.change(ann.id, name="anna")
        renamed = await w.engine.users.change(bo.id, name="ann")
        assert w.engine.users.named("Ann") == renamed


async def test_a_password_is_changed_only_from_the_one_that_was_asked_for(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        ann = await person(w)
        await w.engine.users.set_password(ann.id, OTHER)
        with pytest.raises(Conflict, match="meanwhile"):
            await w.engine.users.set_password(ann.id, "a third afternoon", was=ann.password)
        assert await come_in(w, password=OTHER)


async def test_a_new_password_may_end_the_second_factor_too(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        ann = await person(w)
        await enrol(w, ann.id)
        user = await w.engine.users.set_password(ann.id, OTHER, ends_totp=True)
        assert (user.totp, user.recovery) == (None, ())
        assert await come_in(w, password=OTHER)


async def test_a_change_that_cannot_be_stored_changes_nothing(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        ann = await person(w)
        await break_commits(w.store, "users")
        with pytest.raises(Exception, match="disk"):
            await person(w, "bo")
        assert w.engine.users.all() == [ann]
        await mend_commits(w.store)
        assert (await person(w, "bo")).name == "bo"


async def test_a_quiet_note_keeps_the_instant_of_the_last_change(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        ann = await person(w)
        w.clock.turn(60)
        await come_in(w)
        now = w.engine.users.get(ann.id)
        assert now.last_login_at == w.clock.now()
        assert msgspec.structs.replace(now, last_login_at=None) == ann
