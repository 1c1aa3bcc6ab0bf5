"""Following: an edit comes within a second, only what changed travels, and a poll that is dead is noticed."""

import asyncio
import time
from typing import Any

import msgspec

from asura.domain import wire
from asura.probe.follower import SHORTEST_S
from tests import targets
from tests.probe.kit import MONITORS, Reply, http, primary, problem, working
from tests.process import until

WHO: dict[str, Any] = {"probe_id": 1, "region": "eu-west", "now": 1.8e9}


async def test_an_edit_arrives_within_a_second_and_is_checked_at_once() -> None:
    async with (
        targets.serving(targets.answering()) as shop,
        primary(http(1, shop.url())) as server,
        working(server.url) as agent,
    ):
        await until(lambda: bool(server.results(1)), within=5, what="the first result")
        server.assign(http(1, shop.url("/new"), generation=2, asked=1))
        took = await until(lambda: len(agent.plans.all()[0].job.target) > len(shop.url()), within=1, what="it")
        await until(lambda: any(one.generation == 2 for one in server.results(1)), within=1, what="its result")
        assert took < 1
        polls = server.asked(MONITORS)
        assert [one.query["wait"] for one in polls[:2]] == ["0", "25"]
        assert len(polls) <= 3, "one question after the other, and no more"


async def test_what_comes_and_goes_travels_alone() -> None:
    async with targets.serving(targets.answering()) as shop:
        monitors = [http(id_, shop.url()) for id_ in range(1, 6)]
        async with primary(*monitors) as server, working(server.url) as agent:
            await until(lambda: len(agent.plans) == 5, within=5, what="all")
            server.take_away(1, 2)
            await until(lambda: len(agent.plans) == 3, within=1, what="two less")
            server.assign(http(9, shop.url()))
            await until(lambda: len(agent.plans) == 4, within=1, what="one more")
            assert [one.monitor_id for one in agent.plans.all()] == [3, 4, 5, 9]
            assert all(one.query.get("since") for one in server.asked(MONITORS)[1:])


async def test_a_primary_that_begins_anew_is_asked_for_everything() -> None:
    async with (
        targets.serving(targets.answering()) as shop,
        primary(http(1, shop.url()), http(2, shop.url())) as server,
        working(server.url) as agent,
    ):
        await until(lambda: len(agent.plans) == 2, within=5, what="both")
        await server.stop()
        server._monitors.pop(2)
        await server.restart()
        await until(lambda: len(agent.plans) == 1, within=5, what="what there is now")
        assert agent.plans.tag == server.tag


async def test_an_edit_that_does_not_come_by_the_poll_is_heard_of_with_the_results() -> None:
    async with (
        targets.serving(targets.answering()) as shop,
        primary(http(1, shop.url(), interval=60)) as server,
        working(server.url) as agent,
    ):
        await until(lambda: len(server.asked(MONITORS)) == 2, within=5, what="the poll")
        # What wakes the polls is lost, as with a proxy between that has lost the connection.
        server._changed = asyncio.Event()
        server._wake = lambda: None  # type: ignore[method-assign]
        server.assign(http(2, shop.url()))
        await until(lambda: len(agent.plans) == 2, within=9, what="a report, and then a question")


async def test_a_primary_in_trouble_is_not_flooded_with_questions() -> None:
    async with primary() as server:
        server.lies[MONITORS] = problem(500, "This is a fault of asura.")
        async with working(server.url):
            await asyncio.sleep(3)
            assert 2 <= len(server.requests) <= 8
        began = time.monotonic()
        server.requests.clear()
        server.lies[MONITORS] = problem(503, "asura is stopping.", Retry_After="2")
        async with working(server.url):
            await asyncio.sleep(1.8)
            assert len(server.requests) == 1, time.monotonic() - began
            await until(lambda: len(server.requests) == 2, within=2, what="after the pause that was asked for")


async def test_a_primary_that_answers_at_once_whatever_it_is_asked_is_asked_with_pauses() -> None:
    async with primary() as server:
        everything = wire.Assigned(tag="as before", full=True, monitors=(http(1, "http://127.0.0.1:1/"),), **WHO)
        server.lies[MONITORS] = Reply(200, msgspec.json.encode(everything))
        async with working(server.url):
            await asyncio.sleep(4)
            # At first there is news; then after 0.5, 1, 2 seconds.
            assert 4 <= len(server.asked(MONITORS)) <= 5
        server.requests.clear()
        server.lies[MONITORS] = Reply(304)
        async with working(server.url):
            await asyncio.sleep(1)
            assert len(server.asked(MONITORS)) == 1, "nothing has changed since nothing: that is nonsense"


async def test_that_nothing_has_changed_sooner_than_asked_is_followed_by_a_pause_that_grows() -> None:
    async with primary(http(1, "http://127.0.0.1:1/")) as server, working(server.url) as agent:
        await until(lambda: len(server.asked(MONITORS)) == 2, within=5, what="the poll")
        await asyncio.sleep(0.1)
        server.lies[MONITORS] = Reply(304)
        server.assign(http(2, "http://127.0.0.1:1/"))
        await until(lambda: len(agent.plans) == 2, within=2, what="what the poll brought")
        await asyncio.sleep(4)
        assert len(server.asked(MONITORS)) <= 2 + 5
        assert agent.follower._pause_s() >= 2
        # Once it waits as it is asked to, it is asked as before.
        del server.lies[MONITORS]
        server.assign(http(3, "http://127.0.0.1:1/"))
        await until(lambda: len(agent.plans) == 3, within=6, what="after the pause")
        assert agent.follower._pause_s() == SHORTEST_S


async def test_edits_one_after_the_other_are_fetched_without_pauses() -> None:
    async with primary(http(1, "http://127.0.0.1:1/")) as server, working(server.url) as agent:
        for generation in range(2, 8):
            server.assign(http(1, "http://127.0.0.1:1/", generation=generation))
            await until(
                lambda wanted=generation: [one.generation for one in agent.plans.all()] == [wanted],
                within=1,
                what="it",
            )


async def test_what_was_asked_before_everything_was_forgotten_does_not_stand_for_everything() -> None:
    async with targets.serving(targets.answering()) as shop:
        monitors = [http(id_, shop.url()) for id_ in range(1, 6)]
        async with primary(*monitors) as server, working(server.url) as agent:
            await until(lambda: len(server.asked(MONITORS)) == 2, within=5, what="the poll")
            agent.plans.clear()
            server.assign(http(9, shop.url()))
            await until(lambda: len(agent.plans) == 6, within=2, what="all of them")
            assert agent.plans.tag == server.tag
