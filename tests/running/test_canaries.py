"""The canaries that the settings name, asked by the checks that they really are."""

import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from asura.clock import SystemClock
from asura.domain.monitor import MonitorConfig
from asura.domain.reason import Reason
from asura.domain.result import Result
from asura.net import local
from asura.net.network import open_network
from asura.running.canaries import canaries
from asura.running.lookout import Lookout
from asura.running.plan import plan
from asura.running.runner import Runner


@asynccontextmanager
async def looking(*wanted: str) -> AsyncIterator[Lookout]:
    """Give a lookout that asks what the settings name, over the real network."""
    clock, net = SystemClock(), open_network()
    runner = Runner(clock, net, lambda result: None)

    async def ask(config: MonitorConfig) -> Result:
        return await runner.run_once(plan(0, 0, config))

    yield Lookout(clock, canaries=lambda: canaries(wanted), ask=ask, sightings=lambda now: ())
    await net.close()


async def test_a_port_that_answered_and_is_silent_now_shows_that_we_cannot_see() -> None:
    listener = socket.create_server(("127.0.0.1", 0), backlog=0)
    name = f"127.0.0.1:{listener.getsockname()[1]}"
    async with looking(name) as lookout:
        await lookout.look_around()
        assert (lookout.answered, lookout.blind) == ({name}, None)
        # Nobody takes the first call from the queue: the system drops the next one, as a cable that is cut would.
        await lookout.look_around()
        assert lookout.blind is not None
        assert lookout.blind.reason is Reason.OWN_NETWORK
        listener.close()
        await lookout.look_around()
        assert lookout.blind is None, "who refuses is there"


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (("192.0.2.1",), [("192.0.2.1", "host", "icmp", "192.0.2.1")]),
        (("example.com:443",), [("example.com:443", "host", "tcp", "example.com:443")]),
        ((), []),
    ],
    ids=["a host is pinged", "a port is knocked at", "none"],
)
def test_what_a_name_asks_for(wanted: Sequence[str], expected: list[tuple[str, str, str, str]]) -> None:
    found = []
    for one in canaries(wanted):
        assert one.config is not None
        assert (one.config.retries, one.config.timeout) == (0, 1.0)
        plan(0, 0, one.config)
        found.append((one.name, one.kind, one.config.type, one.config.target))
    assert found == expected


def test_gateway_and_resolvers_are_those_that_this_machine_has_now() -> None:
    gateway, *resolvers = canaries(("gateway", "resolver"))
    address = local.default_gateway()
    assert (gateway.name, gateway.kind) == ("the gateway", "host")
    assert (gateway.config.target if gateway.config else None) == address
    assert [one.name for one in resolvers] == [f"the resolver {server}" for server in local.resolvers()[:2]]
    assert {one.kind for one in resolvers} <= {"resolver"}
    assert all(one.config is not None and one.config.settings["resolver"] in one.name for one in resolvers)
