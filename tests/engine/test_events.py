"""The event hub: nobody waits, memory is bounded, and who missed something knows it."""

import asyncio

import pytest

from asura.engine.events import QUEUE, REMEMBERED, EventHub, ServerEvent


async def take(listening: object, count: int) -> list[ServerEvent]:
    async with asyncio.timeout(5):
        return [await anext(listening) for _ in range(count)]  # type: ignore[call-overload]


def numbers(events: list[ServerEvent]) -> list[int]:
    return [event.data["n"] for event in events]


async def test_a_listener_hears_what_happens_from_now_on_in_order() -> None:
    hub = EventHub("boot")
    hub.publish("monitor", {"n": 0})
    listening = hub.subscribe()
    first = asyncio.ensure_future(anext(listening))
    await asyncio.sleep(0)
    for n in (1, 2, 3):
        hub.publish("monitor", {"n": n})
    heard = [await first, *await take(listening, 2)]
    assert numbers(heard) == [1, 2, 3]
    assert [event.id for event in heard] == ["boot-2", "boot-3", "boot-4"]
    await listening.aclose()


async def test_a_page_goes_on_from_the_id_it_was_loaded_with() -> None:
    hub = EventHub("boot")
    for n in range(3):
        hub.publish("monitor", {"n": n})
    seen = hub.latest_id
    for n in range(3, 6):
        hub.publish("monitor", {"n": n})
    listening = hub.subscribe(seen)
    assert numbers(await take(listening, 3)) == [3, 4, 5]
    hub.publish("monitor", {"n": 6})
    assert numbers(await take(listening, 1)) == [6]
    await listening.aclose()


async def test_the_newest_id_misses_nothing() -> None:
    hub = EventHub("boot")
    hub.publish("monitor", {"n": 0})
    listening = hub.subscribe(hub.latest_id)
    waiting = asyncio.ensure_future(anext(listening))
    await asyncio.sleep(0)
    assert not waiting.done()
    hub.publish("monitor", {"n": 1})
    assert (await waiting).data == {"n": 1}
    await listening.aclose()


@pytest.mark.parametrize(
    "last_id",
    ["other-1", "boot-7", "boot-", "boot-x", "boot--1", "", "boot", "boot-²", "boot-" + "9" * 5000],
    ids=["other boot", "future", "no number", "word", "negative", "empty", "no dash", "superscript", "endless"],
)
async def test_an_id_that_says_nothing_to_us_starts_anew(last_id: str) -> None:
    hub = EventHub("boot")
    hub.publish("monitor", {"n": 0})
    listening = hub.subscribe(last_id)
    (event,) = await take(listening, 1)
    assert (event.kind, event.id) == ("reset", hub.latest_id)
    await listening.aclose()


async def test_who_was_away_too_long_starts_anew() -> None:
    hub = EventHub("boot")
    hub.publish("monitor", {"n": 0})
    known, too_old = "boot-1", "boot-0"
    for n in range(1, REMEMBERED + 1):
        hub.publish("monitor", {"n": n})
    for last_id, kind in ((known, "monitor"), (too_old, "reset")):
        listening = hub.subscribe(last_id)
        assert (await take(listening, 1))[0].kind == kind
        await listening.aclose()


async def test_a_slow_listener_is_told_to_start_anew_and_delays_no_other() -> None:
    hub = EventHub("boot")
    slow, quick = hub.subscribe(), hub.subscribe()
    waiting = [asyncio.ensure_future(anext(one)) for one in (slow, quick)]
    await asyncio.sleep(0)
    assert hub.listeners == 2
    heard = []
    for n in range(QUEUE + 2):
        hub.publish("monitor", {"n": n})
        if n:
            heard += await take(quick, 1)
        else:
            heard += [await waiting[1]]
            await waiting[0]
    assert numbers(heard) == list(range(QUEUE + 2))
    (event,) = await take(slow, 1)
    assert (event.kind, event.id) == ("reset", hub.latest_id)
    hub.publish("monitor", {"n": -1})
    assert numbers(await take(slow, 1)) == [-1]
    for one in (slow, quick):
        await one.aclose()


async def test_memory_is_bounded_with_and_without_listeners() -> None:
    hub = EventHub("boot")
    listening = hub.subscribe()
    waiting = asyncio.ensure_future(anext(listening))
    await asyncio.sleep(0)
    for n in range(3 * REMEMBERED):
        hub.publish("monitor", {"n": n})
    assert len(hub._past) == REMEMBERED
    assert all(queue.qsize() <= QUEUE for queue in hub._queues)
    await waiting
    await listening.aclose()


async def test_a_listener_that_goes_is_forgotten() -> None:
    hub = EventHub("boot")
    listening = hub.subscribe()
    waiting = asyncio.ensure_future(anext(listening))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await listening.aclose()
    assert hub.listeners == 0


def test_what_happened_while_nobody_listened_cannot_be_resumed() -> None:
    hub = EventHub("boot")
    hub.publish("incident", {"id": 1})
    known = hub.latest_id
    hub.skip()
    (first,) = hub._since(known)
    assert first.kind == "reset"
