"""Delivering: what is new at once, the backlog slowly and newest first, the same bytes again, and nothing lost."""

import asyncio
import logging
import time
from itertools import pairwise

import pytest

from asura.domain.status import Finding
from asura.probe.agent import Agent
from asura.probe.courier import Courier
from asura.probe.spool import Spool
from tests import targets
from tests.probe.kit import RESULTS, Primary, Reply, http, primary, problem, working
from tests.process import target as listening
from tests.process import until
from tests.running.kit import made
from tests.world import DOWN, UP

AT_MOST_A_SECOND = 7


async def contacted(server: Primary, agent: Agent) -> Courier:
    """Wait until the first report is there; from now on the test adds results by itself."""
    await until(lambda: agent.link.contacted and bool(server.batches), within=5, what="the first report")
    return agent.courier


def found(agent: Agent, monitor_id: int, *, down: bool = False, code: int = 200) -> None:
    outcome = DOWN if down else UP
    agent.courier.add(made(outcome, at=agent._clock.now(), monitor_id=monitor_id))


async def test_a_probe_is_heard_at_least_every_five_seconds_and_says_how_it_does() -> None:
    quiet = http(1, "http://127.0.0.1:1/", interval=3600, last_at=time.time())
    async with primary(quiet) as server, working(server.url) as agent:
        await contacted(server, agent)
        await until(lambda: len(server.batches) == 2, within=6, what="a sign of life")
        first, second = server.batches
        assert 4.5 < second[0] - first[0] < 5.5
        assert (second[1].results, second[1].state.monitors, second[1].boot) == ((), 1, "b0")


async def test_what_has_changed_goes_at_once_and_the_rest_within_a_second() -> None:
    async with primary() as server, working(server.url) as agent:
        await contacted(server, agent)
        found(agent, 1)
        await until(lambda: len(server.results(1)) == 1, within=0.5, what="the first result of all")
        began = time.monotonic()
        found(agent, 1)
        await until(lambda: len(server.results(1)) == 2, within=1.5, what="one more like it")
        assert time.monotonic() - began > 0.7
        found(agent, 1)
        found(agent, 1, down=True)
        await until(lambda: len(server.results(1)) == 4, within=0.5, what="a failure, and what waited")


async def test_a_primary_that_was_away_gets_everything_the_newest_first_and_no_flood() -> None:
    async with primary() as server, working(server.url) as agent:
        courier = await contacted(server, agent)
        await server.stop()
        for number in range(1, 31):
            found(agent, number)
            courier._seal()
            await asyncio.sleep(0.25)
        waiting = courier.waiting
        await server.restart()
        await until(lambda: len(server.results()) == 30, within=20, what="everything")
        ids = [one.monitor_id for one in server.results()]
        await until(lambda: courier.waiting == 0, within=1, what="nothing waits any more")
        times = [at for at, batch in server.batches if batch.results]
        assert waiting == 30
        assert ids == sorted(ids, reverse=True)
        assert len(set(ids)) == 30, "each once"
        backlog = times[25:]
        assert all(later - earlier > 0.15 for earlier, later in pairwise(backlog))
        assert courier.spool.lost == 0


async def test_what_is_new_overtakes_the_backlog() -> None:
    async with primary() as server, working(server.url) as agent:
        courier = await contacted(server, agent)
        await server.stop()
        for number in range(1, 41):
            found(agent, number)
            courier._seal()
        for packet in list(courier.spool._packets.values()):
            courier.spool._packets[packet.seq] = packet._replace(sealed_at=packet.sealed_at - 60)
        await server.restart()
        await until(lambda: len(server.results()) >= 3, within=20, what="some of it")
        found(agent, 1000)
        began = time.monotonic()
        await until(lambda: bool(server.results(1000)), within=0.6, what="the newest")
        assert len(server.results()) < 40
        await until(lambda: len(server.results()) == 41, within=12, what="the rest")
        assert len(server.results()) / (time.monotonic() - began) < AT_MOST_A_SECOND


async def test_a_batch_that_was_not_answered_comes_again_as_the_same_bytes() -> None:
    async with primary() as server, working(server.url) as agent:
        await contacted(server, agent)

        async def hang_up(writer: asyncio.StreamWriter) -> None:
            writer.transport.abort()

        server.lies[RESULTS] = Reply(instead=hang_up)
        before = len(server.asked(RESULTS))
        found(agent, 1, down=True)
        await until(lambda: len(server.asked(RESULTS)) >= before + 4, within=10, what="some tries")
        del server.lies[RESULTS]
        await until(lambda: len(server.results(1)) == 1, within=20, what="the batch")
        bodies = {one.body for one in server.asked(RESULTS)[before:-1]}
        assert server.bodies[-1] in bodies
        assert len({one.headers["x-asura-sent-at"] for one in server.asked(RESULTS)[before:]}) > 1


async def test_a_primary_that_is_busy_is_left_alone_as_long_as_it_says() -> None:
    async with primary() as server, working(server.url) as agent:
        await contacted(server, agent)
        server.lies[RESULTS] = problem(503, "The store cannot save at the moment.", Retry_After="2")
        before = len(server.asked(RESULTS))
        found(agent, 1, down=True)
        await until(lambda: len(server.asked(RESULTS)) == before + 1, within=1, what="a try")
        await asyncio.sleep(1.5)
        assert len(server.asked(RESULTS)) == before + 1
        del server.lies[RESULTS]
        await until(lambda: len(server.results(1)) == 1, within=3, what="the result")
        assert agent.courier.spool.lost == 0


async def test_a_batch_that_makes_no_sense_is_dropped_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    async with primary() as server, working(server.url) as agent:
        courier = await contacted(server, agent)
        server.lies[RESULTS] = problem(422, "results[0].at: lies in the future")
        found(agent, 1, down=True)
        await until(lambda: courier.spool.lost == 1, within=2, what="it is given up")
        del server.lies[RESULTS]
        found(agent, 2)
        await until(lambda: bool(server.results(2)), within=2, what="the next one")
        assert "1 results are lost" in caplog.text
        assert "lies in the future" in caplog.text
        await until(
            lambda: any(batch.state.lost == 1 for _, batch in server.batches), within=7, what="the primary knows"
        )


async def test_what_does_not_fit_is_given_up_oldest_first_and_told(caplog: pytest.LogCaptureFixture) -> None:
    async with primary() as server, working(server.url) as agent:
        courier = await contacted(server, agent)
        await server.stop()
        courier.spool = Spool(most_bytes=2_000)
        for number in range(1, 21):
            found(agent, number)
            courier._seal()
        lost = courier.spool.lost
        assert 0 < lost < 20
        await server.restart()
        await until(lambda: courier.waiting == 0, within=20, what="what is left")
        ids = {one.monitor_id for one in server.results()}
        assert ids == set(range(lost + 1, 21))
    assert "results were given up" in caplog.text


async def test_many_results_travel_in_batches_of_five_hundred() -> None:
    async with primary() as server, working(server.url) as agent:
        await contacted(server, agent)
        for number in range(1, 1_201):
            found(agent, number)
        await until(lambda: len(server.results()) == 1_200, within=5, what="all")
        sizes = [len(batch.results) for _, batch in server.batches if batch.results]
        assert sorted(sizes, reverse=True) == [500, 500, 200]


async def test_real_checks_go_on_while_the_primary_is_away_and_nothing_of_them_is_lost() -> None:
    async with targets.serving(targets.answering()) as good, listening() as lone:
        url = f"http://127.0.0.1:{lone.port}/"
        monitors = [http(1, good.url(), interval=1), http(2, url, interval=1)]
        async with primary(*monitors) as server, working(server.url) as agent:
            await until(lambda: bool(server.results(2)), within=5, what="first results")
            await server.stop()
            await asyncio.sleep(2)
            await lone.stop()
            await asyncio.sleep(2)
            ran = agent.runner.processed
            await server.restart()
            await until(lambda: len(server.results()) >= ran, within=20, what="all that was found")
            found_there = server.results(2)
            assert {one.finding for one in found_there} == {Finding.UP, Finding.DOWN}
            assert len({(one.monitor_id, one.at) for one in server.results()}) == len(server.results())
            down = [one for one in found_there if one.finding == Finding.DOWN]
            assert [one.evidence is not None for one in sorted(down, key=lambda one: one.at)][:2] == [True, False]


async def test_a_probe_that_ends_says_goodbye_in_its_last_batch() -> None:
    async with primary() as server, working(server.url) as agent:
        await contacted(server, agent)
        found(agent, 1)
        found(agent, 2)
        assert await agent.stop()
        last = server.batches[-1][1]
        assert last.bye
        assert len(server.results()) == 2
        assert [batch.bye for _, batch in server.batches].count(True) == 1


async def test_a_probe_that_ends_while_the_primary_is_away_does_not_wait_for_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with primary() as server, working(server.url) as agent:
        await contacted(server, agent)
        server.delay[RESULTS] = 60
        found(agent, 1)
        with caplog.at_level(logging.INFO):
            began = time.monotonic()
            assert not await agent.stop()
            assert time.monotonic() - began < 5
        assert agent.courier.waiting == 1
