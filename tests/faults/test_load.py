"""Many monitors, and many that hang: each is checked in its turn, none is dropped, and the bad delay nobody."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from tests import targets, tls_targets
from tests.namespaces import own_process
from tests.process import Asura, asura, eventually

pytestmark = pytest.mark.faults

MANY, EVERY_S, WATCHED_S = 1000, 20, 25
HANGING, GOOD = 2000, 50
LATE = {bound: f'scheduler_lag_seconds_bucket{{le="{bound:g}"}}' for bound in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5)}
QUIET = {"type": "http", "retries": 0, "failure_threshold": 1}


class Crowd:
    """The server that all these monitors watch."""

    def __init__(self, process: asyncio.subprocess.Process, good: int, silent: int) -> None:
        self._process = process
        self.good = f"http://127.0.0.1:{good}"
        self.silent = f"http://127.0.0.1:{silent}"

    async def asked(self) -> dict[str, list[float]]:
        """Return when each path was asked since the last look."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(b"\n")
        found: dict[str, list[float]] = json.loads(await self._process.stdout.readline())
        return found


@asynccontextmanager
async def crowd() -> AsyncIterator[Crowd]:
    """Run the server beside the test."""
    async with own_process("tests.crowd") as process:
        assert process.stdout is not None
        good, silent = (await process.stdout.readline()).split()
        yield Crowd(process, int(good), int(silent))


class Lag(NamedTuple):
    """How late checks began between two looks at /metrics."""

    count: float
    within: dict[float, float]

    @classmethod
    def between(cls, before: dict[str, float], after: dict[str, float]) -> "Lag":
        """Return the difference of two looks."""
        count = after["scheduler_lag_seconds_count"] - before["scheduler_lag_seconds_count"]
        return cls(count, {bound: after[name] - before[name] for bound, name in LATE.items()})

    def share(self, bound: float) -> float:
        """Return the share of checks that began at most this late."""
        return self.within[bound] / self.count

    def __str__(self) -> str:
        return ", ".join(f"{self.share(bound):.2%} within {bound * 1000:g} ms" for bound in LATE)


async def test_a_thousand_monitors_are_each_checked_in_their_turn(tmp_path: Path) -> None:
    async with crowd() as server:
        rows = [
            f'  - {{name: m{n}, type: http, target: "{server.good}/{n}", interval: {EVERY_S}}}' for n in range(MANY)
        ]
        async with asura(tmp_path, config=_declared(rows)) as program:
            await eventually(lambda: _up(program, MANY), within=30, what="all are up")
            await server.asked()
            before = await program.metrics()
            await asyncio.sleep(WATCHED_S)
            after, asked = await program.metrics(), await server.asked()

            lag = Lag.between(before, after)
            made = after["checks_processed_total"] - before["checks_processed_total"]
            print(f"{MANY} monitors every {EVERY_S} s: {made:.0f} checks in {WATCHED_S} s, {lag}")
            print(f"memory with {MANY} monitors: {program.memory():.0f} MB")
            assert len(asked) == MANY, "none is starved"
            assert {len(times) for times in asked.values()} <= {1, 2, 3}
            assert made == pytest.approx(MANY * WATCHED_S / EVERY_S, rel=0.1)
            assert lag.share(1) > 0.99, "that is for a busy machine; the bench measures the rest"
            assert after["checks_failed_total"] == 0
            # Plain results wait up to a second for company.
            await asyncio.sleep(1.5)
            await _each_has_its_results(program, asked)
            assert await program.terminate() == 0


async def _up(program: Asura, count: int) -> bool:
    return (await program.get("/overview"))["counts"]["up"] == count


async def _each_has_its_results(program: Asura, asked: dict[str, list[float]]) -> None:
    """Hold what was stored against what the target saw, for every twentieth monitor."""
    for row in (await program.get("/overview"))["monitors"][::20]:
        found = (await program.get(f"/monitors/{row['id']}/results"))["data"]
        path = "/" + row["target"].rpartition("/")[2]
        # The first check was before the count began; one may have begun since.
        assert len(asked[path]) + 1 <= len(found) <= len(asked[path]) + 2
        assert {one["status"] for one in found} == {"up"}


async def test_two_thousand_targets_that_hang_delay_nobody(tmp_path: Path) -> None:
    async with crowd() as server:
        rows = [
            f'  - {{name: g{n}, type: http, target: "{server.good}/{n}", interval: 5, timeout: 2}}' for n in range(GOOD)
        ]
        bad = [
            f'  - {{name: s{n}, type: http, target: "{server.silent}/s{n}", interval: 60, timeout: 60}}'
            for n in range(HANGING)
        ]
        async with asura(tmp_path, config=_declared(rows)) as program:
            await eventually(lambda: _up(program, GOOD), within=10, what="the good ones are up")
            alone = await _pace(program, server)
            program.configure(_declared([*rows, *bad]))
            program.send(signal.SIGHUP)
            await eventually(lambda: _in_flight(program, HANGING), within=40, what="all hang")
            beside = await _pace(program, server)
            print(f"{GOOD} good monitors alone: {alone}; beside {HANGING} that hang: {beside}")
            print(f"memory with {HANGING} hanging checks: {program.memory():.0f} MB")
            assert beside.share(1) > 0.98
            assert (await program.get("/overview"))["counts"]["up"] == GOOD
            assert await program.terminate() == 0


def _declared(rows: list[str]) -> str:
    return "\n".join(["", "monitors:", *rows, ""])


async def _in_flight(program: Asura, count: int) -> bool:
    return (await program.metrics())["checks_in_flight"] >= count


async def _pace(program: Asura, server: Crowd) -> Lag:
    """Watch the good ones for a little more than a round: each is asked once or twice."""
    await server.asked()
    before = await program.metrics()
    await asyncio.sleep(6)
    asked = {path: times for path, times in (await server.asked()).items() if not path.startswith("/s")}
    assert len(asked) == GOOD
    assert {len(times) for times in asked.values()} <= {1, 2}
    return Lag.between(before, await program.metrics())


HOSTILE: dict[str, tuple[targets.Behaviour, str]] = {
    "error": (targets.answering(b"oops", "503 Service Unavailable"), "http_status"),
    "silent": (targets.half_open, "http_timeout"),
    "slow": (targets.slow(60), "http_timeout"),
    "trickling": (targets.trickling, "body_timeout"),
    "endless": (targets.endless, "body_too_large"),
    "endless header": (targets.endless_header, "http_protocol"),
    "many headers": (targets.many_headers(), "http_protocol"),
    "gzip bomb": (targets.bombing("gzip"), "body_too_large"),
    "brotli bomb": (targets.bombing("br"), "body_too_large"),
    "zstd bomb": (targets.bombing("zstd"), "body_too_large"),
    "redirect loop": (targets.redirecting("/"), "redirect_limit"),
    "redirect to metadata": (targets.redirecting("http://169.254.169.254/"), "blocked_address"),
    "reset": (targets.resetting, "connect_reset"),
    "closed": (targets.closing, "connection_closed"),
    "garbage": (targets.raw(b"SSH-2.0-OpenSSH_9.2\r\n"), "http_protocol"),
    "cut short": (targets.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"), "connection_closed"),
}


async def test_each_kind_of_bad_target_is_told_by_its_class_and_the_good_ones_stay_up(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        program = await stack.enter_async_context(asura(tmp_path))
        expected = await _bad_targets(stack, program)
        healthy = await stack.enter_async_context(targets.serving(targets.answering()))
        for number in range(10):
            await _watch(program, f"good {number}", healthy.url())
            expected[f"good {number}"] = ("up", "ok")
        await eventually(lambda: _settled(program, len(expected)), within=20, what="each has a result")
        shown = (await program.get("/overview"))["monitors"]
        assert {row["name"]: (row["status"], row["reason"]) for row in shown} == expected
        for row in shown:
            last = (await program.get(f"/monitors/{row['id']}/results?limit=1"))["data"][0]
            assert last["status"] == row["status"]
            assert row["status"] == "up" or len(last["message"]) > 20
        assert "Traceback" not in program.log.read_text()
        print(f"memory after {len(HOSTILE)} kinds of hostile targets: {program.memory():.0f} MB")
        assert program.memory() < 250, "no bomb and no endless body is kept"
        assert await program.terminate() == 0


async def _bad_targets(stack: AsyncExitStack, program: Asura) -> dict[str, tuple[str, str]]:
    expected = {}
    for name, (behaviour, reason) in HOSTILE.items():
        server = await stack.enter_async_context(targets.serving(behaviour))
        await _watch(program, name, server.url())
        expected[name] = ("down", reason)
    authority = tls_targets.authority()
    contexts = {
        "tls_expired": authority.expired(),
        "tls_hostname": authority.wrong_host(),
        "tls_self_signed": tls_targets.self_signed(),
        "tls_untrusted": tls_targets.stranger().good(),
    }
    for reason, context in contexts.items():
        server = await stack.enter_async_context(targets.serving(targets.answering(), tls=context))
        await _watch(program, reason, server.url(), settings={"ca_pem": authority.pem})
        expected[reason] = ("down", reason)
    mute = await stack.enter_async_context(targets.serving(targets.half_open, silent=True))
    await _watch(program, "mute tls", f"https://127.0.0.1:{mute.port}/")
    full = await stack.enter_async_context(targets.full_backlog())
    await _watch(program, "half open", f"http://127.0.0.1:{full}/")
    await _watch(program, "refused", f"http://127.0.0.1:{targets.free_port()}/")
    return expected | {
        "mute tls": ("down", "tls_timeout"),
        "half open": ("down", "connect_timeout"),
        "refused": ("down", "connect_refused"),
    }


async def _watch(program: Asura, name: str, target: str, **fields: object) -> None:
    body = {**QUIET, "name": name, "target": target, "interval": 60, "timeout": 4, **fields}
    await program.post("/monitors", body)


async def _settled(program: Asura, count: int) -> bool:
    counts = (await program.get("/overview"))["counts"]
    return counts["up"] + counts["down"] + counts["unknown"] == count
