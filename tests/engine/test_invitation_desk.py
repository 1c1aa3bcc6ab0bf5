"""Links that work once: who is invited, who gets a new password, and that of many at once one wins."""

import asyncio
from pathlib import Path

import pytest

from asura.engine.invitation_desk import MOST_OPEN
from asura.engine.key_desk import hash_token
from asura.errors import Conflict, Invalid, NotFound
from asura.store.invitations import Invitation
from tests.engine.kit import faults, rows
from tests.engine.people import OTHER, PASSWORD, come_in, enrol, person, town

HOUR = 3600
LINK = "https://asura.example/invitation#"


def token_of(link: str) -> str:
    """Return what a link holds."""
    assert link.startswith(LINK)
    return link.removeprefix(LINK)


async def test_an_invitation_makes_an_account_once(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        desk = w.engine.invitations
        made, link, mailed, _ = await desk.invite("editor", tags=["eu"], email="bo@b.example", by="ann")
        token = token_of(link)
        assert len(token) == 32 and not mailed
        assert await rows(w.store, "SELECT hash FROM invitations") == [(hash_token(token),)]
        assert await desk.list() == [made] == [await desk.look(token)]
        await w.restart()
        user = await w.engine.invitations.accept(token, PASSWORD, "Bo")
        assert (user.name, user.role, user.tags, user.email) == ("Bo", "editor", ("eu",), "bo@b.example")
        assert w.engine.signing_in.actor(await come_in(w, "bo")) is not None
        for again in (w.engine.invitations.look(token), w.engine.invitations.accept(token, PASSWORD, "Eve")):
            with pytest.raises(NotFound):
                await again
        assert await w.engine.invitations.list() == []


@pytest.mark.parametrize(("hours", "good"), [(7 * 24 - 0.01, True), (7 * 24, False)])
async def test_an_invitation_is_good_for_a_week(tmp_path: Path, hours: float, good: bool) -> None:
    async with town(tmp_path) as w:
        _, link, _, _ = await w.engine.invitations.invite("viewer", by="ann")
        w.clock.turn(hours * HOUR)
        if good:
            assert await w.engine.invitations.accept(token_of(link), PASSWORD, "bo")
        else:
            with pytest.raises(NotFound):
                await w.engine.invitations.accept(token_of(link), PASSWORD, "bo")
            assert await w.engine.invitations.list() == []


@pytest.mark.parametrize(("hours", "good"), [(23.99, True), (24, False)])
async def test_a_link_for_a_password_is_good_for_a_day(tmp_path: Path, hours: float, good: bool) -> None:
    async with town(tmp_path) as w:
        ann = await person(w)
        _, link, *_ = await w.engine.invitations.reset(ann.id, by="root")
        w.clock.turn(hours * HOUR)
        if good:
            assert await w.engine.invitations.accept(token_of(link), OTHER, None) == w.engine.users.get(ann.id)
        else:
            with pytest.raises(NotFound):
                await w.engine.invitations.accept(token_of(link), OTHER, None)


@pytest.mark.parametrize("token", ["", "x", "x" * 32, "\ud800", "\0", "%", "x" * 100_000])
async def test_what_is_no_link_is_not_there(tmp_path: Path, token: str) -> None:
    async with town(tmp_path) as w:
        await w.engine.invitations.invite("viewer", by="ann")
        with pytest.raises(NotFound):
            await w.engine.invitations.look(token)
        with pytest.raises(NotFound):
            await w.engine.invitations.accept(token, PASSWORD, "bo")


async def test_what_is_wrong_leaves_the_link_open(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        await person(w)
        _, link, _, _ = await w.engine.invitations.invite("viewer", by="ann")
        tries = (
            (PASSWORD, None, "name"),
            (PASSWORD, "", "name"),
            (PASSWORD, "ANN", "name"),
            ("short", "bo", "password"),
        )
        for password, name, wrong in tries:
            with pytest.raises(Invalid) as raised:
                await w.engine.invitations.accept(token_of(link), password, name)
            assert faults(raised.value).keys() == {wrong}
        assert await w.engine.invitations.accept(token_of(link), PASSWORD, "bo")


async def test_of_many_who_accept_at_once_one_wins(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        _, link, _, _ = await w.engine.invitations.invite("viewer", by="ann")
        accept = w.engine.invitations.accept
        done = await asyncio.gather(
            *(accept(token_of(link), PASSWORD, f"user{n}") for n in range(6)), return_exceptions=True
        )
        assert sum(isinstance(one, NotFound) for one in done) == 5
        assert len(w.engine.users.all()) == 1


async def test_a_new_password_by_a_link_ends_what_is_open_and_other_links(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        ann = await person(w)
        token = await come_in(w)
        _, first, *_ = await w.engine.invitations.reset(ann.id, by="root")
        _, second, *_ = await w.engine.invitations.reset(ann.id, by="root")
        assert w.engine.signing_in.actor(token) is not None, "a link alone ends nothing"
        with pytest.raises(NotFound):
            await w.engine.invitations.look(token_of(first))
        with pytest.raises(Invalid):
            await w.engine.invitations.accept(token_of(second), OTHER, "anna")
        await w.engine.invitations.accept(token_of(second), OTHER, None)
        assert w.engine.signing_in.actor(token) is None
        assert w.engine.signing_in.actor(await come_in(w, password=OTHER)) is not None


async def test_a_password_that_was_changed_ends_links_for_another(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        ann = await person(w)
        _, link, *_ = await w.engine.invitations.reset(ann.id, by="root")
        await w.engine.users.set_password(ann.id, OTHER)
        with pytest.raises(NotFound):
            await w.engine.invitations.look(token_of(link))


@pytest.mark.parametrize("ends", [False, True])
async def test_the_second_factor_ends_when_the_link_says_so_and_not_before(tmp_path: Path, ends: bool) -> None:
    async with town(tmp_path) as w:
        ann = await person(w)
        await enrol(w, ann.id)
        _, link, *_ = await w.engine.invitations.reset(ann.id, ends_totp=ends, by="root")
        assert w.engine.users.get(ann.id).totp is not None
        user = await w.engine.invitations.accept(token_of(link), OTHER, None)
        assert (user.totp is None) == ends


async def test_who_comes_by_another_way_has_no_password_to_set(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        bo = await person(w, "bo", password=None, subject="x|1")
        with pytest.raises(Conflict):
            await w.engine.invitations.reset(bo.id, by="root")
        with pytest.raises(NotFound):
            await w.engine.invitations.reset(99, by="root")


@pytest.mark.parametrize(
    ("role", "fields", "wrong"),
    [("root", {}, {"role"}), ("viewer", {"email": "x"}, {"email"}), ("viewer", {"tags": [""]}, {"tags"})],
)
async def test_what_is_wrong_is_named(tmp_path: Path, role: str, fields: dict[str, object], wrong: set[str]) -> None:
    async with town(tmp_path) as w:
        with pytest.raises(Invalid) as raised:
            await w.engine.invitations.invite(role, by="ann", **fields)
        assert faults(raised.value).keys() == wrong


async def test_invitations_are_withdrawn_and_links_for_passwords_are_not(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        ann = await person(w)
        made, link, _, _ = await w.engine.invitations.invite("viewer", by="ann")
        reset, password_link, *_ = await w.engine.invitations.reset(ann.id, by="root")
        await w.engine.invitations.withdraw(made.id)
        for invitation_id in (made.id, reset.id, 99):
            with pytest.raises(NotFound):
                await w.engine.invitations.withdraw(invitation_id)
        with pytest.raises(NotFound):
            await w.engine.invitations.look(token_of(link))
        assert (await w.engine.invitations.look(token_of(password_link))).user_id == ann.id


async def test_a_mail_goes_out_when_there_is_an_address_and_a_way(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        sent: list[tuple[str, str, str | None]] = []

        async def mail(invitation: Invitation, link: str, name: str | None) -> str:
            sent.append((invitation.email, link, name))
            return "" if name is None else "the server is away"

        desk, ann = w.engine.invitations, await person(w, email="a@b.example")
        assert not (await desk.invite("viewer", email="bo@b.example", by="ann")).mailed
        desk.mail = mail
        assert not (await desk.invite("viewer", by="ann")).mailed
        assert sent == []
        made = await desk.invite("viewer", email="bo@b.example", by="ann")
        assert made.mailed and sent == [("bo@b.example", made.link, None)]
        reset = await desk.reset(ann.id, by="root")
        assert not reset.mailed and reset.mail_problem == "the server is away"
        assert sent[1:] == [("a@b.example", reset.link, "ann")]
        assert await desk.look(token_of(reset.link)) == reset.invitation, "that it was not mailed makes it no worse"


async def test_open_links_cannot_grow_without_a_bound(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        await asyncio.gather(*(w.engine.invitations.invite("viewer", by="ann") for _ in range(MOST_OPEN)))
        with pytest.raises(Conflict):
            await w.engine.invitations.invite("viewer", by="ann")
        w.clock.turn(7 * 24 * HOUR)
        assert await w.engine.invitations.invite("viewer", by="ann")
        assert await rows(w.store, "SELECT count(*) FROM invitations") == [(1,)]
