"""Threads for calls that block."""

import asyncio
import threading
import time

import pytest

from asura.net.threads import Threads


async def test_results_and_errors_come_back() -> None:
    threads = Threads(2, "test")
    assert await threads.run(lambda: 5) == 5

    def broken() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await threads.run(broken)
    threads.close()


async def test_no_more_threads_than_allowed_and_all_are_daemons() -> None:
    threads = Threads(3, "bounded")
    seen: set[str] = set()

    def work() -> None:
        seen.add(threading.current_thread().name)
        assert threading.current_thread().daemon
        time.sleep(0.01)

    await asyncio.gather(*(threads.run(work) for _ in range(12)))
    assert len(seen) == 3
    assert await threads.run(lambda: threading.current_thread().name in seen)
    threads.close()


async def test_a_call_that_nobody_waits_for_any_more_harms_nothing() -> None:
    threads = Threads(1, "gone")
    future = threads.run(lambda: time.sleep(0.05))
    future.cancel()
    assert await threads.run(lambda: "next") == "next"
    threads.close()


def test_a_loop_that_closes_meanwhile_costs_the_pool_no_thread() -> None:
    threads = Threads(1, "outlived")
    closed = threading.Event()

    async def leaves() -> None:
        threads.run(lambda: closed.wait(10))

    async def comes() -> str:
        async with asyncio.timeout(10):
            return await threads.run(lambda: "next")

    asyncio.run(leaves())
    closed.set()
    assert asyncio.run(comes()) == "next"
    threads.close()
