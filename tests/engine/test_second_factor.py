"""Second factors: enrolled only with a code, each code once, recovery codes in its stead, sealed in the store."""

import asyncio
import re
from pathlib import Path

import pytest

from asura.domain import totp
from asura.engine.signing_in import CodeNeeded
from asura.errors import Conflict, Invalid
from tests.engine.kit import rows
from tests.engine.people import code, come_in, enrol, person, town


async def test_an_offer_counts_only_once_a_code_of_it_was_given(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        ann = await person(w)
        factor = w.engine.signing_in.second_factor
        secret = factor.offer(ann.id)
        assert len(secret) == 20
        assert w.engine.users.get(ann.id).totp is None
        with pytest.raises(Invalid):
            await factor.confirm(ann.id, "000000" if code(w, secret) != "000000" else "000001")
        codes = await factor.confirm(ann.id, code(w, secret))
        assert len(set(codes)) == 10
        assert all(re.fullmatch(r"([a-z2-7]{4}-){3}[a-z2-7]{4}", one) for one in codes), "80 bits each"
        user = w.engine.users.get(ann.id)
        assert user.totp is not None and user.totp.reveal() == totp.encoded(secret)
        assert len(user.recovery) == 10
        stored = (await rows(w.store, "SELECT totp, recovery FROM users"))[0]
        for known in (totp.encoded(secret), *codes, *(one.replace("-", "") for one in codes)):
            assert known.encode() not in b"".join(bytes(one) for one in stored)
        await w.restart()
        assert w.engine.users.get(ann.id) == user


async def test_an_offer_is_over_in_time_forgotten_by_a_restart_and_replaced_by_the_next(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        ann = await person(w)
        old = w.engine.signing_in.second_factor.offer(ann.id)
        new = w.engine.signing_in.second_factor.offer(ann.id)
        assert old != new
        with pytest.raises(Invalid):
            await w.engine.signing_in.second_factor.confirm(ann.id, code(w, old))
        w.clock.turn(15 * 60)
        with pytest.raises(Conflict):
            await w.engine.signing_in.second_factor.confirm(ann.id, code(w, new))
        secret = w.engine.signing_in.second_factor.offer(ann.id)
        await w.restart()
        with pytest.raises(Conflict):
            await w.engine.signing_in.second_factor.confirm(ann.id, code(w, secret))


async def test_one_is_enough(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        ann = await person(w)
        factor = w.engine.signing_in.second_factor
        secret = factor.offer(ann.id)
        twice = (factor.confirm(ann.id, code(w, secret)), factor.confirm(ann.id, code(w, secret)))
        done = await asyncio.gather(*twice, return_exceptions=True)
        assert sum(isinstance(one, Conflict) for one in done) == 1
        with pytest.raises(Conflict):
            factor.offer(ann.id)


async def test_the_code_that_enrolled_signs_nobody_in(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        ann = await person(w)
        factor = w.engine.signing_in.second_factor
        secret = factor.offer(ann.id)
        await factor.confirm(ann.id, code(w, secret))
        with pytest.raises(CodeNeeded) as raised:
            await come_in(w, code=code(w, secret))
        assert raised.value.wrong


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
async def test_a_code_may_be_one_step_off(tmp_path: Path, steps: int, taken: bool) -> None:
    async with town(tmp_path) as w:
        ann = await person(w)
        secret, _ = await enrol(w, ann.id)
        w.clock.turn(10 * totp.STEP_S)
        assert await w.engine.signing_in.second_factor.use(ann.id, code(w, secret, steps=steps)) == taken


async def test_each_code_is_used_once_also_by_many_at_once_and_over_a_restart(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        ann = await person(w)
        secret, recovery = await enrol(w, ann.id)
        for given in (code(w, secret), recovery[3]):
            use = w.engine.signing_in.second_factor.use
            assert sum(await asyncio.gather(*(use(ann.id, given) for _ in range(5)))) == 1
            await w.restart()
            assert not await w.engine.signing_in.second_factor.use(ann.id, given)
        assert len(w.engine.users.get(ann.id).recovery) == 9


async def test_a_recovery_code_is_taken_however_it_is_typed(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        ann = await person(w)
        _, recovery = await enrol(w, ann.id)
        typed = (recovery[0].upper(), recovery[1].replace("-", " "), f" {recovery[2].replace('-', '')} ")
        assert [await w.engine.signing_in.second_factor.use(ann.id, one) for one in typed] == [True] * 3


@pytest.mark.parametrize("given", ["", "-", "0" * 6, "x" * 64, "\ud800", "\0"])
async def test_what_is_no_code_is_refused(tmp_path: Path, given: str) -> None:
    async with town(tmp_path) as w:
        ann = await person(w)
        await enrol(w, ann.id)
        assert not await w.engine.signing_in.second_factor.use(ann.id, given)
        bo = await person(w, "bo")
        assert not await w.engine.signing_in.second_factor.use(bo.id, given)


async def test_new_recovery_codes_end_the_old_ones(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        ann = await person(w)
        factor = w.engine.signing_in.second_factor
        with pytest.raises(Conflict):
            await factor.renew(ann.id)
        _, old = await enrol(w, ann.id)
        token = await come_in(w, code=old[0])
        new = await factor.renew(ann.id)
        assert not set(old) & set(new)
        assert not await factor.use(ann.id, old[1])
        assert await factor.use(ann.id, new[0])
        assert w.engine.signing_in.actor(token) is not None


async def test_enrolling_and_removing_end_what_is_open_elsewhere(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        ann = await person(w)
        token = await come_in(w)
        _, recovery = await enrol(w, ann.id)
        assert w.engine.signing_in.actor(token) is None
        token = await come_in(w, code=recovery[0])
        await w.engine.signing_in.second_factor.remove(ann.id)
        assert w.engine.signing_in.actor(token) is None
        assert w.engine.users.get(ann.id).recovery == ()
        assert w.engine.signing_in.actor(await come_in(w)) is not None
        with pytest.raises(Conflict):
            await w.engine.signing_in.second_factor.remove(ann.id)
