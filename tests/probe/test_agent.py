"""A probe at work: whose fault a failure is, what becomes of it when its key ends, and what its log says."""

import asyncio
import logging
import time

import pytest

from asura.domain.monitor import MonitorConfig
from asura.domain.status import Finding
from asura.probe.agent import Agent
from asura.probe.trouble import Kind, Trouble
from asura.running.lookout import CanaryTarget
from tests import targets
from tests.probe.kit import KEY, MONITORS, RESULTS, Primary, Reply, agent_of, http, primary, problem, working
from tests.process import target as listening
from tests.process import until
from tests.world import FakeClock

NOWHERE = "http://shop.invalid/"


class WrongClock(FakeClock):
    """A machine whose wall clock is an hour ahead of its neighbours', and whose other clocks run."""

    def now(self):
        return self.wall.fromtimestamp(time.time() + 3600, self.wall.tzinfo)

    def monotonic(self) -> float:
        return time.monotonic()

    def boottime(self) -> float:
        return time.monotonic()


def near(name: str, port: int) -> CanaryTarget:
    target = f"127.0.0.1:{port}"
    return CanaryTarget(name, "host", MonitorConfig(name=name, type="tcp", target=target, timeout=0.5, retries=0))


def silent() -> CanaryTarget:
    return CanaryTarget("the gateway", "host", None)


async def test_a_probe_that_cannot_see_blames_nobody_and_says_so() -> None:
    async with listening() as gateway, primary(http(1, NOWHERE, interval=1)) as server:
        canaries = [near("the gateway", gateway.port)]
        async with working(server.url, canaries=lambda: tuple(canaries)) as agent:
            await until(lambda: bool(server.results(1)), within=10, what="a result")
            await until(lambda: bool(agent.lookout.answered), within=5, what="the gateway answered once")
            assert {one.finding for one in server.results(1)} == {Finding.DOWN}
            canaries[0] = silent()
            began = time.time() * 1000
            await until(lambda: bool(server.batches[-1][1].state.blind), within=5, what="it says that it is blind")
            assert server.batches[-1][1].state.blind == ("Our own connection is at fault: no answer from the gateway.")
            await until(lambda: any(one.at > began + 3000 for one in server.results(1)), within=8, what="more")
            late = [one for one in server.results(1) if one.at > began + 1000]
            assert {(one.finding, one.reason) for one in late} == {(Finding.UNKNOWN, "own_network")}
            canaries[0] = near("the gateway", gateway.port)
            await until(lambda: not server.batches[-1][1].state.blind, within=6, what="it sees again")
            assert "Our own connection" not in agent.line()


async def test_a_probe_that_was_held_up_blames_nobody() -> None:
    async with targets.serving(targets.half_open) as mute, primary(http(1, mute.url(), interval=2)) as server:
        server._monitors[1] = (1, http(1, mute.url(), interval=60, timeout=1))
        async with working(server.url):
            await until(lambda: mute.connections == 1, within=5, what="a check is under way")
            time.sleep(2.5)
            await until(lambda: bool(server.results(1)), within=5, what="its result")
            (found,) = server.results(1)
            assert (found.finding, found.reason) == (Finding.UNKNOWN, "own_stall")


async def test_a_wall_clock_that_is_an_hour_wrong_changes_neither_results_nor_turns() -> None:
    async with targets.serving(targets.answering()) as shop:
        monitors = [http(id_, shop.url(), interval=2, last_at=time.time()) for id_ in range(1, 6)]
        async with primary(*monitors) as server, working(server.url, system=WrongClock()) as agent:
            await until(lambda: len(server.results()) >= 10, within=10, what="results")
            for request in server.asked(RESULTS):
                assert abs(float(request.headers["x-asura-sent-at"]) - time.time()) < 15
                assert abs(float(request.headers["x-asura-clock"]) - time.time() - 3600) < 15
            assert agent.runner.scheduler.late == 0
            for one in server.results():
                offset = (one.at / 1000 - one.monitor_id * 0.6180339887498949 % 1.0 * 2) % 2
                assert min(offset, 2 - offset) < 0.3, "in its place in the grid that all regions share"
            assert "clock +3600" in agent.line()


async def test_a_wrong_key_at_the_start_ends_it_with_one_sentence() -> None:
    async with primary() as server, agent_of(server.url, key="a-key-nobody-knows") as agent:
        with pytest.raises(Trouble) as ended:
            await asyncio.wait_for(agent.run(), 5)
        assert ended.value.kind is Kind.KEY


async def test_a_wrong_region_at_the_start_ends_it_too() -> None:
    async with primary() as server, agent_of(server.url, region="mars") as agent:
        with pytest.raises(Trouble) as ended:
            await asyncio.wait_for(agent.run(), 5)
        assert ended.value.kind is Kind.REGION


@pytest.mark.parametrize(
    ("lie", "words"),
    [
        (problem(404, "There is no such thing."), "set probes.enabled there"),
        (problem(426, "Upgrade the probe: it speaks version 1."), "Upgrade the probe"),
        (Reply(200, b"<html>"), "is not the primary of this probe"),
        (Reply(301, b"", {"Location": "https://other.example/"}), "set probe.primary to that"),
        (problem(409, "another process of this probe is at it"), "another process"),
    ],
    ids=["disabled", "version", "no asura", "redirect", "another process"],
)
async def test_what_may_heal_is_told_and_tried_again(lie: Reply, words: str, caplog: pytest.LogCaptureFixture) -> None:
    async with primary() as server:
        server.lies[MONITORS] = lie
        with caplog.at_level(logging.INFO):
            async with agent_of(server.url) as agent:
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(agent.run(), 1)
                assert agent.link.trouble is not None
        assert words in caplog.text
        assert len(server.requests) == 1


async def revoked(server: Primary, agent: Agent) -> None:
    """End the key, as a primary does: the poll that waits ends too."""
    server.key = "another"
    server._wake()
    server.assign()
    await until(lambda: not agent.link.welcome, within=6, what="it knows")


async def test_a_key_that_is_revoked_stops_the_checks_and_one_that_comes_back_starts_them(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with (
        targets.serving(targets.answering()) as shop,
        primary(http(1, shop.url(), interval=1)) as server,
        working(server.url) as agent,
    ):
        await until(lambda: bool(server.results(1)), within=5, what="a result")
        agent.link.pauses = {Kind.KEY: 1.0}
        await revoked(server, agent)
        before = shop.connections
        await asyncio.sleep(2.5)
        assert shop.connections <= before + 1
        assert (len(agent.plans), agent.link.words()) == (0, "primary refuses the key")
        assert "does not know the key of this probe" in caplog.text
        assert "nothing is checked any more" in caplog.text
        server.key = KEY
        await until(lambda: shop.connections > before + 1, within=5, what="checks go on")
        await until(lambda: agent.link.trouble is None, within=3, what="all is well")


async def test_a_process_whose_place_was_taken_stops_and_waits(caplog: pytest.LogCaptureFixture) -> None:
    async with (
        targets.serving(targets.answering()) as shop,
        primary(http(1, shop.url(), interval=1)) as server,
        working(server.url) as agent,
    ):
        await until(lambda: bool(server.results(1)), within=5, what="a result")
        server.lies = {path: problem(409, "another process took over") for path in (MONITORS, RESULTS)}
        await until(lambda: not agent.link.welcome, within=6, what="it knows")
        assert len(agent.plans) == 0
        assert "another process took over" in caplog.text
        server.lies.clear()
        await until(lambda: len(agent.plans) == 1, within=8, what="its place is free again")


async def test_a_change_of_the_connection_is_told_on_one_line(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        async with (
            targets.serving(targets.answering()) as shop,
            primary(http(1, shop.url())) as server,
            working(server.url) as agent,
        ):
            await until(lambda: bool(server.results(1)), within=5, what="a result")
            await server.stop()
            await until(lambda: agent.link.trouble is not None, within=8, what="it is away")
            await server.restart()
            await until(lambda: agent.link.trouble is None, within=20, what="it is back")
    lines = [line for line in caplog.messages if line.startswith("eu-west: 1 monitor, ")]
    assert [line.split(", ")[4] for line in lines] == [
        "primary answers",
        "primary does not answer",
        "primary answers",
    ]


async def test_no_key_and_no_secret_is_in_the_log_whatever_happens(caplog: pytest.LogCaptureFixture) -> None:
    settings = {"auth": {"type": "basic", "username": "u", "password": "hunter2-of-the-shop"}}
    with caplog.at_level(logging.DEBUG):
        async with (
            primary(http(1, "http://127.0.0.1:1/", interval=1, settings=settings)) as server,
            working(server.url) as agent,
        ):
            await until(lambda: bool(server.results(1)), within=5, what="a result")
            server.lies[RESULTS] = Reply(200, b"nonsense")
            await until(lambda: agent.link.trouble is not None, within=8, what="trouble")
            server.lies[RESULTS] = problem(422, "no")
            await revoked(server, agent)
            text = f"{caplog.text} {agent.plans.__dict__!r} {agent.courier.report.__dict__!r}"
    assert "hunter2" not in text
    assert KEY not in text


async def test_a_loop_that_fails_goes_on_and_the_others_too(caplog: pytest.LogCaptureFixture) -> None:
    async with targets.serving(targets.answering()) as shop, primary(http(1, shop.url(), interval=1)) as server:

        def broken() -> tuple[CanaryTarget, ...]:
            raise RuntimeError("no canary today")

        async with working(server.url, canaries=broken):
            await until(lambda: len(server.results(1)) >= 3, within=8, what="results")
    assert "the loop lookout of this probe failed" in caplog.text
