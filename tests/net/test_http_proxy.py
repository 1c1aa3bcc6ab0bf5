"""Requests through a proxy."""

import base64

import pytest

from asura.domain.fields import Secret
from asura.domain.reason import Reason
from asura.net.errors import NetError
from asura.net.http_request import Proxy
from asura.net.trace import Trace
from tests import proxy_targets, targets, tls_targets
from tests.net.asking import ask, trusting


@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
async def test_a_proxy_carries_the_request_with_its_own_password(tls: bool) -> None:
    secret = f"Basic {base64.b64encode(b'me:canary').decode()}"
    context = tls_targets.authority().good() if tls else None
    trace = Trace()
    async with (
        targets.serving(targets.answering(), tls=context) as target,
        targets.serving(proxy_targets.proxying_for(secret)) as proxy,
    ):
        wanted = {"tls": trusting(), "headers": (("Authorization", "mine"),), "trace": trace}
        known = Proxy(host="127.0.0.1", port=proxy.port, authorization=Secret(secret))
        response = await ask(target.url("/x"), proxy=known, **wanted)
        assert (response.status, response.body) == (200, b"hello")
        with pytest.raises(NetError) as fault:
            await ask(target.url("/x"), proxy=Proxy(host="127.0.0.1", port=proxy.port), **wanted)
    assert fault.value.reason is Reason.PROXY_FAILED
    assert "407" in fault.value.message
    assert target.line() == "GET /x HTTP/1.1"
    assert proxy.line(request=0) == (
        f"CONNECT 127.0.0.1:{target.port} HTTP/1.1" if tls else f"GET http://127.0.0.1:{target.port}/x HTTP/1.1"
    )
    assert not tls or target.header("Proxy-Authorization") is None
    assert not tls or b"Authorization: mine" not in proxy.requests[0]
    assert "canary" not in repr(trace.evidence())
    assert secret not in repr(trace.evidence())


async def test_a_proxy_that_is_away_is_named_as_such() -> None:
    with pytest.raises(NetError) as fault:
        await ask("http://127.0.0.1:1/", proxy=Proxy(host="127.0.0.1", port=targets.free_port()))
    assert fault.value.reason is Reason.PROXY_FAILED


@pytest.mark.parametrize("url", ["http://169.254.169.254/", "https://[fd00:ec2::254]/", "http://2852039166/"])
async def test_a_proxy_is_no_way_around_the_guard(url: str) -> None:
    async with targets.serving(proxy_targets.proxying) as proxy:
        with pytest.raises(NetError) as fault:
            await ask(url, proxy=Proxy(host="127.0.0.1", port=proxy.port))
        assert not proxy.connections
        with pytest.raises(NetError) as own:
            await ask("http://example.com/", proxy=Proxy(host="169.254.169.254", port=80))
    assert fault.value.reason is Reason.BLOCKED_ADDRESS
    assert own.value.reason is Reason.BLOCKED_ADDRESS
