"""Names to addresses: shared, briefly remembered, fair, and honest about why not."""

import asyncio
import socket
import threading
from collections import Counter
from time import perf_counter, sleep
from typing import Any

import pytest

from asura.domain.reason import Reason
from asura.net import resolver as module
from asura.net.errors import NetError
from asura.net.resolver import Resolver, zone_of
from asura.net.trace import Trace


class Names:
    """A look-up whose zones can be made to hang or fail; counts what it is asked."""

    def __init__(self, hang: dict[str, float] | None = None, errors: dict[str, Exception] | None = None) -> None:
        self.asked: Counter[str] = Counter()
        self.hang = hang or {}
        self.errors = errors or {}
        self.inside: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.lock = threading.Lock()

    def __call__(self, host: str, *_: object, **__: object) -> list[Any]:
        zone = zone_of(host)
        with self.lock:
            self.asked[host] += 1
            self.inside[zone] += 1
            self.most[zone] = max(self.most[zone], self.inside[zone])
        try:
            sleep(self.hang.get(zone, 0))
            if host in self.errors:
                raise self.errors[host]
            return [(socket.AF_INET, 1, 6, "", ("192.0.2.1", 0))]
        finally:
            with self.lock:
                self.inside[zone] -= 1


async def test_the_hosts_file_counts() -> None:
    resolver = Resolver(2)
    assert set(await resolver.resolve("localhost")) <= {"127.0.0.1", "::1"}
    assert await resolver.resolve("localhost", family="ipv4") == ("127.0.0.1",)
    await resolver.close()


async def test_literals_need_no_look_up() -> None:
    names = Names()
    resolver = Resolver(2, lookup=names)
    assert await resolver.resolve("127.1") == ("127.0.0.1",)
    assert await resolver.resolve("[::1]", family="ipv6") == ("::1",)
    with pytest.raises(NetError) as fault:
        await resolver.resolve("::1", family="ipv4")
    assert fault.value.reason is Reason.DNS_NO_ANSWER
    assert not names.asked
    await resolver.close()


async def test_many_askers_share_one_look_up() -> None:
    names = Names(hang={"a.test": 0.05})
    resolver = Resolver(4, lookup=names)
    answers = await asyncio.gather(*(resolver.resolve("x.a.test", trace=Trace()) for _ in range(20)))
    assert set(answers) == {("192.0.2.1",)}
    assert names.asked["x.a.test"] == 1
    assert await resolver.resolve("X.A.test.") == ("192.0.2.1",)
    assert names.asked.total() == 1
    await resolver.close()


async def test_one_asker_that_gives_up_takes_nothing_from_the_others() -> None:
    names = Names(hang={"a.test": 0.1})
    resolver = Resolver(4, lookup=names)
    first = asyncio.create_task(resolver.resolve("x.a.test", trace=Trace()))
    second = asyncio.create_task(resolver.resolve("x.a.test", trace=Trace()))
    await asyncio.sleep(0.02)
    first.cancel()
    assert await second == ("192.0.2.1",)
    assert names.asked.total() == 1
    assert first.cancelled()
    await resolver.close()


async def test_answers_and_failures_are_forgotten_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = socket.gaierror(socket.EAI_NONAME, "no")
    names = Names(errors={"bad.test": gone})
    resolver = Resolver(4, lookup=names)
    monkeypatch.setattr(module, "POSITIVE_TTL", 0.05)
    monkeypatch.setattr(module, "NEGATIVE_TTL", 0.05)
    for _ in range(3):
        await resolver.resolve("good.test")
        with pytest.raises(NetError):
            await resolver.resolve("bad.test")
    assert names.asked == {"good.test": 1, "bad.test": 1}
    await asyncio.sleep(0.06)
    await resolver.resolve("good.test")
    with pytest.raises(NetError):
        await resolver.resolve("bad.test", trace=Trace())
    assert names.asked == {"good.test": 2, "bad.test": 2}
    await resolver.close()


async def test_a_dead_zone_takes_two_threads_and_starves_nobody() -> None:
    names = Names(hang={"dead.test": 0.5})
    resolver = Resolver(4, lookup=names)
    dead = [asyncio.create_task(resolver.resolve(f"h{n}.dead.test")) for n in range(20)]
    await asyncio.sleep(0.05)
    began = perf_counter()
    await asyncio.gather(*(resolver.resolve(f"h.zone{n}.test") for n in range(50)))
    assert perf_counter() - began < 0.3
    assert names.most["dead.test"] == 2
    for task in dead:
        task.cancel()
    await asyncio.gather(*dead, return_exceptions=True)
    await resolver.close()


async def test_many_dead_zones_leave_half_of_the_threads_to_the_healthy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SLOW_AFTER", 0.02)
    names = Names(hang={f"dead{n}.test": 0.3 for n in range(10)})
    resolver = Resolver(4, lookup=names)
    await asyncio.gather(*(resolver.resolve(f"first.dead{n}.test") for n in range(10)))
    dead = [asyncio.create_task(resolver.resolve(f"h.dead{n}.test")) for n in range(10)]
    await asyncio.sleep(0.05)
    began = perf_counter()
    await asyncio.gather(*(resolver.resolve(f"h.zone{n}.test") for n in range(50)))
    assert perf_counter() - began < 0.2
    await asyncio.gather(*dead)
    await resolver.close()


async def test_waiting_for_our_own_threads_is_not_the_targets_time() -> None:
    names = Names(hang={"busy.test": 0.3})
    resolver = Resolver(1, lookup=names)
    busy = asyncio.create_task(resolver.resolve("a.busy.test"))
    await asyncio.sleep(0.02)
    trace = Trace()
    waiting = asyncio.create_task(resolver.resolve("quick.test", trace=trace))
    await asyncio.sleep(0.05)
    assert trace.waiting == "resolver"
    assert trace.phase == ""
    await waiting
    assert trace.waiting == ""
    dns = trace.phases().dns
    assert dns is not None
    assert dns < 100
    await busy
    await resolver.close()


FAILURES = {
    "nxdomain": (socket.gaierror(socket.EAI_NONAME, ""), Reason.DNS_NXDOMAIN, "does not exist"),
    "no address": (socket.gaierror(socket.EAI_NODATA, ""), Reason.DNS_NO_ANSWER, "no IPv6 address"),
    "refused": (socket.gaierror(socket.EAI_AGAIN, ""), Reason.DNS_FAILED, "look-up of x.test failed"),
    "system": (OSError(5, "broken"), Reason.DNS_FAILED, "x.test"),
    "no name": (UnicodeError("label too long"), Reason.DNS_FAILED, "cannot be a host name"),
}


@pytest.mark.parametrize(("error", "reason", "words"), FAILURES.values(), ids=FAILURES)
async def test_failures_have_their_class_and_name_the_host(error: Exception, reason: Reason, words: str) -> None:
    resolver = Resolver(1, lookup=Names(errors={"x.test": error}))
    with pytest.raises(NetError) as fault:
        await resolver.resolve("x.test", family="ipv6")
    assert fault.value.reason is reason
    assert words in fault.value.message
    await resolver.close()


async def test_a_resolver_that_never_answered_is_a_time_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "UNANSWERED_AFTER", 0.05)
    names = Names(hang={"x.test": 0.1}, errors={"x.test": socket.gaierror(socket.EAI_AGAIN, "")})
    resolver = Resolver(1, lookup=names)
    with pytest.raises(NetError) as fault:
        await resolver.resolve("x.test")
    assert fault.value.reason is Reason.DNS_TIMEOUT
    await resolver.close()


async def test_the_cache_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_CACHED", 5)
    resolver = Resolver(2, lookup=Names())
    for n in range(20):
        await resolver.resolve(f"h{n}.test")
    assert len(resolver._known) <= 5
    assert not resolver._flights
    assert not resolver._zones
    await resolver.close()


@pytest.mark.parametrize(
    ("host", "zone"),
    [
        ("a.b.example.com", "example.com"),
        ("example.com", "example.com"),
        ("www.shop.co.uk", "shop.co.uk"),
        ("localhost", "localhost"),
    ],
)
def test_zones_are_what_one_operator_answers_for(host: str, zone: str) -> None:
    assert zone_of(host) == zone
