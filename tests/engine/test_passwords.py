"""Hashes of passwords: what they cost, that the loop goes on meanwhile, and that nobody costs as much as somebody."""

import asyncio
import time

import pytest

from asura.engine.passwords import MOST_WAITING, Cost, Passwords
from asura.errors import TooMany
from tests.engine.people import CHEAP


async def test_a_hash_matches_its_password_and_no_other() -> None:
    passwords = Passwords(CHEAP)
    stored = await passwords.hash("a quiet afternoon")
    assert stored.startswith("$argon2id$v=19$m=64,t=1,p=1$")
    assert await passwords.matches("a quiet afternoon", stored)
    assert not await passwords.matches("a quiet afternoon ", stored)
    assert not await passwords.matches("A quiet afternoon", stored)
    assert stored != await passwords.hash("a quiet afternoon"), "each has a salt of its own"


@pytest.mark.parametrize("password", ["", "\0", "\ud800", "x" * 1_000, "пароль", "🦊"])
async def test_any_text_can_be_hashed(password: str) -> None:
    passwords = Passwords(CHEAP)
    assert await passwords.matches(password, await passwords.hash(password))


async def test_letters_composed_by_another_keyboard_match() -> None:
    passwords = Passwords(CHEAP)
    assert await passwords.matches("Ko\u0308nigsforst", await passwords.hash("K\u00f6nigsforst"))


async def test_nobody_has_no_password() -> None:
    passwords = Passwords(CHEAP)
    for password in ("", "a quiet afternoon"):
        assert not await passwords.matches(password, None)


async def test_hashes_of_another_cost_are_outdated_and_still_match() -> None:
    old, new = Passwords(CHEAP), Passwords(Cost(memory_kib=128, passes=1))
    stored = await old.hash("a quiet afternoon")
    assert new.outdated(stored) and not old.outdated(stored)
    assert await new.matches("a quiet afternoon", stored)


async def test_the_real_cost_is_that_of_the_recommendation_or_more_and_the_same_for_nobody() -> None:
    passwords = Passwords()
    stored = await passwords.hash("a quiet afternoon")
    assert "$m=47104,t=2,p=1$" in stored
    somebody = await cpu(passwords, stored)
    nobody = await cpu(passwords, None)
    assert somebody > 0.02, "it is not cheap"
    assert 0.5 < somebody / nobody < 2


async def cpu(passwords: Passwords, stored: str | None) -> float:
    """Return the CPU seconds of the cheapest of some comparisons with a wrong password."""
    spent = []
    for _ in range(3):
        began = time.process_time()
        await passwords.matches("wrong", stored)
        spent.append(time.process_time() - began)
    return min(spent)


async def test_the_loop_goes_on_and_too_many_are_sent_away() -> None:
    passwords = Passwords(Cost(memory_kib=8 * 1024, passes=1))
    stored = await passwords.hash("a quiet afternoon")
    waiting = [asyncio.ensure_future(passwords.matches("wrong", stored)) for _ in range(MOST_WAITING)]
    turns = 0
    await asyncio.sleep(0)
    with pytest.raises(TooMany):
        await passwords.matches("wrong", stored)
    while not all(one.done() for one in waiting):
        await asyncio.sleep(0)
        turns += 1
    assert turns > 100
    assert not any([await one for one in waiting])
    assert not await passwords.matches("wrong", stored), "and then there is room again"
