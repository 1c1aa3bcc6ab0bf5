"""Long work beside the loop: its value, its error, and nobody who waits any more."""

import asyncio
import threading

import pytest

from asura.engine.aside import aside


async def test_it_returns_what_the_work_returns_from_a_thread_of_its_own() -> None:
    name = await aside(lambda: threading.current_thread().name, name="apart")
    assert name == "apart"


async def test_it_raises_what_the_work_raises() -> None:
    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await aside(fail, name="apart")


async def test_who_stops_waiting_does_not_stop_the_work() -> None:
    go, done = threading.Event(), threading.Event()

    def work() -> None:
        go.wait(10)
        done.set()

    waiting = asyncio.ensure_future(aside(work, name="apart"))
    await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    go.set()
    assert await asyncio.to_thread(done.wait, 10)


async def test_where_the_system_gives_no_thread_that_is_its_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    with pytest.raises(OSError, match=r"temporarily unavailable \(a thread\)"):
        await aside(lambda: None, name="apart")
