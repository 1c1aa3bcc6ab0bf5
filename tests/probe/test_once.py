"""One round: everything is checked once, delivered, and shown in a table."""

import asyncio
import time

import pytest

from asura.domain.status import Finding
from asura.probe.once import once, table
from asura.probe.trouble import Kind, Trouble
from tests import targets
from tests.probe.kit import MONITORS, RESULTS, agent_of, http, primary, problem


async def test_everything_is_checked_once_delivered_and_told() -> None:
    async with targets.serving(targets.answering()) as shop:
        secret = shop.url("/?token=secret-word")
        monitors = [
            http(3, shop.url(), interval=3600, last_at=time.time()),
            http(1, "http://127.0.0.1:1/"),
            http(2, secret),
        ]
        async with primary(*monitors) as server, agent_of(server.url) as agent:
            done = await once(agent)
            last = server.batches[-1][1]
    assert done.delivered
    assert [result.finding for _, result in done.found] == [Finding.DOWN, Finding.UP, Finding.UP]
    assert sorted(one.monitor_id for one in last.results) == [1, 2, 3]
    assert last.bye
    heads, first, second, third = table(done.found).splitlines()
    assert heads.split() == ["monitor", "target", "finding", "reason", "ms"]
    assert first.split()[:4] == ["1", "http://127.0.0.1:1/", "down", "connect_refused"]
    assert "secret-word" not in second
    assert third.split()[2:4] == ["up", "ok"]


async def test_only_some_checks_run_side_by_side() -> None:
    running, most = 0, 0

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.05)
        running -= 1
        await targets.answering()(reader, writer, request)

    async with (
        targets.serving(slow) as shop,
        primary(*(http(id_, shop.url()) for id_ in range(1, 121))) as server,
        agent_of(server.url) as agent,
    ):
        done = await once(agent)
    assert (len(done.found), done.delivered) == (120, True)
    assert most <= 50


async def test_a_round_whose_results_are_not_taken_says_so() -> None:
    async with primary(http(1, "http://127.0.0.1:1/")) as server, agent_of(server.url) as agent:
        server.lies[RESULTS] = problem(422, "no")
        assert not (await once(agent)).delivered


async def test_a_primary_that_does_not_know_the_key_is_a_trouble_at_once() -> None:
    async with primary() as server, agent_of(server.url, key="a-key-nobody-knows") as agent:
        with pytest.raises(Trouble) as failed:
            await asyncio.wait_for(once(agent), 2)
        assert failed.value.kind is Kind.KEY


async def test_a_primary_that_is_busy_is_asked_again() -> None:
    async with primary(http(1, "http://127.0.0.1:1/")) as server, agent_of(server.url) as agent:
        server.lies[MONITORS] = problem(503, "asura is stopping.", Retry_After="1")
        round_ = asyncio.create_task(once(agent))
        await asyncio.sleep(0.5)
        server.lies.clear()
        assert (await asyncio.wait_for(round_, 10)).delivered
