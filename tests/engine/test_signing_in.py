"""Coming in: by password and code, throttled by account and by network, and for the first time of all."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from asura.domain.address import bucket_of
from asura.domain.throttle import Rule
from asura.engine.passwords import Cost
from asura.engine.session_desk import Visit
from asura.engine.signing_in import MOST_COUNTED, CodeNeeded, Failures, WrongPassword, WrongToken, new_setup_token
from asura.errors import Conflict, Invalid, TooMany
from tests.engine.kit import faults
from tests.engine.people import OTHER, PASSWORD, code, come_in, enrol, person, town
from tests.world import FakeClock, World


async def refused(coming: Awaitable[str]) -> str:
    """Return the name of the error that somebody is refused with."""
    with pytest.raises((WrongPassword, CodeNeeded, TooMany)) as raised:
        await coming
    return type(raised.value).__name__


async def test_a_cookie_tells_who_it_is_and_what_they_may(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        ann = await person(w, "Ann", "editor", tags=["eu"])
        token = await come_in(w, "aNN")
        actor = w.engine.signing_in.actor(token)
        assert actor is not None
        assert (actor.name, actor.role, actor.user_id, actor.tags) == ("Ann", "editor", ann.id, frozenset({"eu"}))
        assert (actor.key_id, actor.scopes, actor.must) == (None, frozenset(), frozenset())
        assert actor.session_id is not None
        assert w.engine.signing_in.actor("." + token[1:]) is None


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("ann", OTHER),
        ("ann", ""),
        ("ann", PASSWORD.upper()),
        ("nobody", PASSWORD),
        ("", ""),
        ("ann%", PASSWORD),
        ("' OR 1=1 --", PASSWORD),
        ("ann\0", PASSWORD),
        ("ann", "\ud800"),
        ("x" * 100_000, PASSWORD),
        ("disabled", PASSWORD),
        ("by-oidc", ""),
        ("by-oidc", PASSWORD),
    ],
)
async def test_whatever_is_wrong_the_answer_is_the_same(tmp_path: Path, name: str, password: str) -> None:
    async with town(tmp_path) as w:
        await person(w)
        gone = await person(w, "disabled", "viewer")
        await w.engine.users.change(gone.id, disabled_at=w.clock.now())
        await person(w, "by-oidc", "viewer", password=None, subject="x|1")
        with pytest.raises(WrongPassword) as raised:
            await come_in(w, name, password=password)
        assert str(raised.value) == "the name or the password is wrong"


async def test_a_second_factor_is_asked_for_after_the_password_alone(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        ann = await person(w)
        secret, recovery = await enrol(w, ann.id)
        assert await refused(come_in(w, password=OTHER)) == "WrongPassword"
        assert await refused(come_in(w, password=OTHER, code=code(w, secret))) == "WrongPassword"
        with pytest.raises(CodeNeeded) as raised:
            await come_in(w)
        assert not raised.value.wrong
        with pytest.raises(CodeNeeded) as raised:
            await come_in(w, code="abc")
        assert raised.value.wrong
        assert w.engine.signing_in.actor(await come_in(w, code=code(w, secret))) is not None
        assert w.engine.signing_in.actor(await come_in(w, code=recovery[0])) is not None


async def test_an_account_is_tried_a_few_times_and_then_ever_so_often(tmp_path: Path) -> None:
    async with town(tmp_path, login=Rule(rate=0.2, burst=5)) as w:
        await person(w)
        live = await come_in(w)
        for n in range(5):
            assert await refused(come_in(w, password=OTHER, network=f"198.51.100.{n}")) == "WrongPassword"
        with pytest.raises(TooMany) as raised:
            await come_in(w, password=OTHER, network="198.51.100.99")
        assert raised.value.retry_after == pytest.approx(5)
        assert await refused(come_in(w, network="198.51.100.99")) == "TooMany", "the right one has to wait as well"
        assert w.engine.signing_in.actor(live) is not None, "who is in stays in"
        w.clock.turn(5)
        assert w.engine.signing_in.actor(await come_in(w, network="198.51.100.99")) is not None


async def test_who_fails_elsewhere_does_not_hold_up_who_is_signed_in_at_home(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        ann = await person(w)
        _, recovery = await enrol(w, ann.id)
        home = Visit("2001:db8:1:2::1", "Firefox")
        live = await come_in(w, code=recovery[0], visit=home, network=bucket_of(home.address))
        for n in range(3):
            await refused(come_in(w, password=OTHER, network=f"198.51.100.{n}"))
            await refused(come_in(w, code="wrong", network=f"198.51.101.{n}"))
        assert await refused(come_in(w, network="198.51.100.99")) == "TooMany"
        phone = Visit("2001:db8:1:2::77", "Phone")
        assert await come_in(w, code=recovery[1], visit=phone, network=bucket_of(phone.address))
        await w.engine.sessions.end_of(ann.id)
        assert w.engine.signing_in.actor(live) is None
        assert await refused(come_in(w, code=recovery[2], network=bucket_of(home.address))) == "TooMany"


async def test_at_home_one_may_fail_as_often_as_elsewhere(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        await person(w)
        await come_in(w)
        done = [await refused(come_in(w, password=OTHER)) for _ in range(7)]
        assert done == ["WrongPassword"] * 5 + ["TooMany"] * 2


async def test_a_network_is_tried_a_few_times_whatever_the_account_and_nobody_else_is_held_up(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        await person(w)
        for n in range(5):
            assert await refused(come_in(w, f"nobody{n}", network="203.0.113.7")) == "WrongPassword"
        assert await refused(come_in(w, network="203.0.113.7")) == "TooMany"
        assert w.engine.signing_in.actor(await come_in(w, network="203.0.113.8")) is not None


async def test_an_account_that_is_not_there_is_throttled_like_one_that_is(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        await person(w)
        said = {}
        for name in ("ann", "nobody"):
            tries = [come_in(w, name, password=OTHER, network=f"{name} {n}") for n in range(7)]
            said[name] = [await refused(one) for one in tries]
        assert said["ann"] == said["nobody"]


async def test_many_at_once_are_counted_before_they_are_answered(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        await person(w)
        done = await asyncio.gather(*(refused(come_in(w, password=OTHER)) for _ in range(20)))
        assert sorted(done) == ["TooMany"] * 15 + ["WrongPassword"] * 5


async def test_who_comes_in_is_never_held_up_however_often(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        ann = await person(w)
        for _ in range(12):
            await come_in(w)
        secret, _ = await enrol(w, ann.id)
        for _ in range(12):
            assert await refused(come_in(w)) == "CodeNeeded"
            await come_in(w, code=code(w, secret))
            w.clock.turn(30)


async def test_codes_are_guessed_more_slowly_than_passwords(tmp_path: Path) -> None:
    async with town(tmp_path, login=Rule(rate=0)) as w:
        ann = await person(w)
        secret, recovery = await enrol(w, ann.id)
        for _ in range(5):
            assert await refused(come_in(w, code="wrong")) == "CodeNeeded"
        assert await refused(come_in(w, code=recovery[0])) == "TooMany"
        w.clock.turn(60)
        assert w.engine.signing_in.actor(await come_in(w, code=code(w, secret))) is not None


def test_what_is_counted_cannot_grow() -> None:
    failures = Failures(Rule(rate=0), FakeClock())
    for n in range(MOST_COUNTED + 500):
        failures.take(f"name {n}", "network")
    assert len(failures) == MOST_COUNTED


@pytest.mark.parametrize("what", ["password", "disabled", "deleted"])
async def test_what_changes_while_a_password_is_compared_lets_nobody_in(tmp_path: Path, what: str) -> None:
    async with town(tmp_path, password_cost=Cost(memory_kib=32 * 1024, passes=2)) as w:
        await person(w, "root", password=None)
        ann = await person(w, "ann", "viewer")
        coming = asyncio.ensure_future(come_in(w))
        await asyncio.sleep(0)
        changes: dict[str, Callable[[], Awaitable[object]]] = {
            "password": lambda: w.engine.users.change(ann.id, password="another hash"),
            "disabled": lambda: w.engine.users.change(ann.id, disabled_at=w.clock.now()),
            "deleted": lambda: w.engine.users.delete(ann.id),
        }
        await changes[what]()
        assert not coming.done()
        assert await refused(coming) == "WrongPassword"
        assert w.engine.sessions.all() == []


async def test_a_hash_of_an_older_cost_is_made_anew_and_nothing_ends(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        ann = await person(w)
        token = await come_in(w)
        await w.stop()
        accounts = w.options.accounts
        w.options = w.options.__class__(accounts=accounts.__class__(password_cost=Cost(memory_kib=128, passes=1)))
        await w.start()
        again = await come_in(w)
        now = w.engine.users.get(ann.id)
        assert now.password is not None and "$m=128,t=1,p=1$" in now.password
        assert w.engine.signing_in.actor(token) is not None
        assert w.engine.signing_in.actor(again) is not None
        assert await come_in(w)


async def test_a_second_factor_may_be_asked_of_everybody_who_has_a_password(tmp_path: Path) -> None:
    async with town(tmp_path, totp_required=True) as w:
        ann = await person(w)
        by_provider = await person(w, "bo", password=None, subject="x|1")
        actor = w.engine.signing_in.actor(await come_in(w))
        assert actor is not None and actor.must == {"totp"}
        vouched = w.engine.signing_in.actor_of(by_provider)
        assert vouched is not None and not vouched.must and vouched.session_id is None
        _, recovery = await enrol(w, ann.id)
        actor = w.engine.signing_in.actor(await come_in(w, code=recovery[0]))
        assert actor is not None and not actor.must


async def test_the_password_is_asked_for_again_and_guesses_are_counted(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        ann = await person(w)
        by_provider = await person(w, "bo", password=None)
        assert await w.engine.signing_in.confirm(ann.id, PASSWORD) == ann
        for _ in range(5):
            with pytest.raises(Invalid) as raised:
                await w.engine.signing_in.confirm(ann.id, OTHER, path="current")
            assert faults(raised.value).keys() == {"current"}
        with pytest.raises(TooMany):
            await w.engine.signing_in.confirm(ann.id, PASSWORD)
        with pytest.raises(Conflict):
            await w.engine.signing_in.confirm(by_provider.id, "")


async def setting_up(w: World, token: str, name: str = "ann", password: str = PASSWORD) -> str:
    """Return how an attempt to make the first admin ends."""
    try:
        return (await w.engine.signing_in.set_up(token, name, password)).name
    except (WrongToken, Conflict, Invalid) as error:
        return type(error).__name__


async def test_the_first_admin_is_made_by_the_token_once(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        token = new_setup_token()
        assert len(token) == 32 and w.engine.signing_in.needs_setup
        assert await setting_up(w, token) == "WrongToken", "before one was offered"
        w.engine.signing_in.offer_setup(token)
        assert await setting_up(w, new_setup_token()) == "WrongToken"
        assert await setting_up(w, "\ud800") == "WrongToken"
        assert await setting_up(w, token, password="short") == "Invalid"
        assert await setting_up(w, token, name="") == "Invalid"
        assert await setting_up(w, token) == "ann"
        assert not w.engine.signing_in.needs_setup
        assert await setting_up(w, token, "eve") == "Conflict"
        (ann,) = w.engine.users.all()
        assert ann.rules
        assert w.engine.signing_in.actor(await come_in(w)) is not None


async def test_of_many_who_set_up_at_once_one_wins(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        w.engine.signing_in.offer_setup("token")
        done = await asyncio.gather(*(setting_up(w, "token", f"user{n}") for n in range(6)))
        assert done.count("Conflict") == 5
        assert len(w.engine.users.all()) == 1


async def test_a_user_made_elsewhere_ends_the_offer(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        w.engine.signing_in.offer_setup("token")
        await person(w, "bo", "viewer")
        assert await setting_up(w, "token") == "Conflict"
