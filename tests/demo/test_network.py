"""The way out of the demo leads to its own servers, and nowhere else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from asura.checks import check_types
from asura.clock import SystemClock
from asura.demo import cast, servers, world
from asura.demo.authority import Authority
from asura.demo.cast import Seed
from asura.demo.internet import Internet
from asura.demo.network import DemoNetwork
from asura.demo.script import Script
from asura.domain.heartbeat import HEARTBEAT
from asura.domain.monitor import MonitorConfig
from asura.domain.reason import Reason
from asura.domain.result import Outcome
from asura.domain.status import Finding, Status
from asura.net.errors import NetError
from asura.net.network import Network, NetworkConfig
from asura.net.tls import TlsContexts
from asura.running.execute import execute
from asura.running.plan import plan

CHECKED = [seed for seed in cast.SEEDS if seed.type != HEARTBEAT]


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[Authority, TlsContexts]:
    authority = Authority()
    file = tmp_path_factory.mktemp("ca") / "ca.pem"
    file.write_bytes(authority.pem)
    return authority, TlsContexts(str(file))


@asynccontextmanager
async def opened(
    tls: tuple[Authority, TlsContexts], *, after: float = 0.0, region: str = "local"
) -> AsyncIterator[Network]:
    """Lend the way out of a demo that has been running for so many seconds."""
    clock = SystemClock()
    script = Script(datetime.now(UTC) - timedelta(seconds=after))
    internet = Internet(script, tls[0], clock, opener=servers.opened)
    net = DemoNetwork(NetworkConfig(), internet, tls[1], region=region)
    try:
        yield net
    finally:
        await net.close()
        await internet.close()


async def checked(net: Network, config: MonitorConfig) -> Outcome:
    ready = plan(1, 1, config)
    return await execute(ready.check, ready.job, net, expect=ready.expect, keep_evidence=True)


def config_of(seed: Seed) -> MonitorConfig:
    return world.config(seed, (), datetime.now(UTC))


def made_up(kind: str, target: str, **settings: Any) -> MonitorConfig:
    return MonitorConfig(name="of a visitor", type=kind, target=target, timeout=5, settings=settings)


def test_every_kind_of_check_is_there() -> None:
    assert {seed.type for seed in cast.SEEDS} == {*check_types(), HEARTBEAT}
    assert len(cast.SEEDS) == 30


def test_each_monitor_finds_what_its_past_leads_up_to(tls: tuple[Authority, TlsContexts]) -> None:
    async def all_of_them() -> dict[str, Outcome]:
        async with opened(tls) as net:
            # One after the other: what is slow shall be so by itself.
            return {seed.name: await checked(net, config_of(seed)) for seed in CHECKED}

    found = asyncio.run(all_of_them())
    wanted = {Status.DOWN: Finding.DOWN, Status.DEGRADED: Finding.DEGRADED}
    for seed in CHECKED:
        outcome = found[seed.name]
        assert outcome.finding is wanted.get(seed.now, Finding.UP), (seed.name, outcome.message)
        assert "127.0.0.1" not in outcome.message, outcome.message
        assert outcome.evidence is None or not outcome.evidence.address.startswith("127."), seed.name
    assert found["Checkout API"].message == world.outages.unavailable(CHECKED[0])
    assert found["Shop"].evidence is not None
    assert found["Shop"].evidence.certificates[0].issuer == "CN=Demo CA R1,O=asura demo"


@pytest.mark.parametrize(
    ("after", "slug", "finding", "reason"),
    [
        (60, "blog", Finding.DOWN, Reason.HTTP_STATUS),
        (240, "mail-relay", Finding.DOWN, Reason.CONNECT_REFUSED),
        (600, "newsletter", Finding.DEGRADED, Reason.SLOW),
        (780, "card-payments", Finding.DOWN, Reason.REPORTED),
        (960, "shop-address", Finding.DOWN, Reason.DNS_RCODE),
        (1140, "vpn-gateway", Finding.DOWN, Reason.ICMP_NO_REPLY),
    ],
)
def test_what_happens_is_found(
    tls: tuple[Authority, TlsContexts], after: float, slug: str, finding: Finding, reason: Reason
) -> None:
    seed = next(one for one in cast.SEEDS if one.slug == slug)

    async def one() -> Outcome:
        async with opened(tls, after=after) as net:
            return await checked(net, config_of(seed))

    outcome = asyncio.run(one())
    assert (outcome.finding, outcome.reason) == (finding, reason), outcome.message


@pytest.mark.parametrize(
    "config",
    [
        made_up("http", "https://example.org/"),
        made_up("http", "http://127.0.0.1:9/"),
        made_up("http", "http://localhost/"),
        made_up("http", "http://192.0.2.7/"),
        made_up("http", "https://shop.example.com/", proxy="http://127.0.0.1:3128"),
        made_up("tcp", "10.0.0.1:22"),
        made_up("tls", "example.org"),
        made_up("icmp", "9.9.9.9"),
        made_up("dns", "example.org", resolver="resolver.example.org"),
        made_up("statuspage", "https://www.githubstatus.com"),
    ],
    ids=lambda config: f"{config.type} {config.target}",
)
def test_other_targets_are_unknown_and_it_says_so(tls: tuple[Authority, TlsContexts], config: MonitorConfig) -> None:
    async def one() -> Outcome:
        async with opened(tls) as net:
            return await checked(net, config)

    outcome = asyncio.run(one())
    assert "reaches only the names that were made up for it" in outcome.message
    if "proxy" not in config.settings:
        assert (outcome.finding, outcome.reason) == (Finding.UNKNOWN, Reason.NOT_PERMITTED)


def test_a_monitor_of_a_visitor_reaches_the_names_of_the_demo(tls: tuple[Authority, TlsContexts]) -> None:
    async def several() -> list[Outcome]:
        async with opened(tls) as net:
            wanted = (
                made_up("http", "http://shop.example.com/anything"),
                made_up("http", "https://203.0.113.13/", verify=False),
                made_up("tcp", "shop.example.com:2222"),
                made_up("dns", "nowhere.example.com", resolver=cast.NAME_SERVER),
                made_up("icmp", "shop.example.com"),
            )
            return [await checked(net, config) for config in wanted]

    web, address, closed, nowhere, ping = asyncio.run(several())
    assert web.finding is address.finding is ping.finding is Finding.UP
    assert closed.reason is Reason.CONNECT_REFUSED
    assert nowhere.reason is Reason.DNS_NXDOMAIN


def test_from_far_away_it_takes_longer(tls: tuple[Authority, TlsContexts]) -> None:
    config = config_of(next(one for one in cast.SEEDS if one.slug == "shop"))

    async def latency(region: str) -> float:
        async with opened(tls, region=region) as net:
            return min([(await checked(net, config)).latency_ms or 0 for _ in range(3)])

    assert asyncio.run(latency("us-east")) > asyncio.run(latency("eu-west"))


def test_what_carries_messages_reaches_nothing(tls: tuple[Authority, TlsContexts], tmp_path: Path) -> None:
    async def tries() -> list[str]:
        said = []
        async with opened(tls) as net:
            for way in (net, net.allowing("127.0.0.1"), net.reaching(("127.0.0.0/8",))):
                for host in ("127.0.0.1", "shop.example.com", "hooks.slack.com"):
                    with pytest.raises(NetError) as refused:
                        await way.channel_dialer.open(host, 443)
                    said.append(refused.value.message)
        return said

    assert set(asyncio.run(tries())) == {"This is a demo: nothing is sent."}
