"""The HTTP engine against real servers: what it sends, follows, unpacks and refuses."""

import socket
from typing import Any

import pytest

from asura.domain.reason import Reason
from asura.net.errors import NetError
from asura.net.http import HttpRequest, fetch
from asura.net.http_request import HTTP_TLS
from asura.net.network import Network, open_network
from asura.net.resolver import Resolver
from asura.net.tls import TlsSettings
from asura.net.trace import Trace
from asura.net.url import parse_url
from tests import targets, tls_targets
from tests.net.asking import ask, trusting


async def test_a_request_is_sent_whole_and_the_answer_comes_back_whole() -> None:
    async with targets.serving(targets.answering(b"fine", "201 Made", (("X-One", "a"), ("X-One", "b")))) as target:
        response = await ask(
            target.url("/a b?q=ü&r=[1]#part"), method="POST", headers=(("X-Mine", "yes"),), body=b"payload"
        )
    assert target.line() == "POST /a%20b?q=%C3%BC&r=[1] HTTP/1.1"
    assert target.header("Host") == f"127.0.0.1:{target.port}"
    assert (target.header("User-Agent") or "").startswith("asura/")
    assert target.header("X-Mine") == "yes"
    assert target.header("Connection") == "close"
    assert target.body() == b"payload"
    assert (response.status, response.reason, response.body, response.truncated) == (201, "Made", b"fine", False)
    assert [value for name, value in response.headers if name == "x-one"] == ["a", "b"]


async def test_every_phase_is_timed_and_the_evidence_is_complete() -> None:
    trace = Trace()
    async with targets.serving(targets.slow(0.05), tls=tls_targets.authority().good()) as target:
        response = await ask(target.url(host="localhost"), tls=trusting(), trace=trace, family="ipv4")
    phases = trace.phases()
    assert all(value is not None and value >= 0 for value in (phases.dns, phases.connect, phases.tls, phases.transfer))
    assert phases.ttfb is not None
    assert 45 < phases.ttfb < 2000
    evidence = trace.evidence()
    assert evidence.address == "127.0.0.1"
    assert evidence.resolved == ("127.0.0.1",)
    assert evidence.tls_version == "TLSv1.3"
    assert evidence.certificates[0].names == ("localhost", "127.0.0.1", "::1")
    assert 360 < evidence.certificates[0].days_left < 366
    assert evidence.request.startswith("GET / HTTP/1.1\r\nHost: localhost:")
    assert evidence.response.endswith("\r\n\r\nhello")
    assert len(response.leaves) == 1


async def test_secrets_are_starred_in_the_evidence_and_absent_from_repr() -> None:
    trace = Trace()
    answer = targets.answering(headers=(("Set-Cookie", "session=canary3"),))
    async with targets.serving(answer) as target:
        request = HttpRequest(
            url=parse_url(target.url()),
            headers=(
                ("Authorization", "Bearer canary1"),
                ("X-Key", "canary2"),
                ("Cookie", "canary4"),
                ("X-Open", "seen"),
            ),
            private=frozenset({"x-key"}),
        )
        net = open_network()
        await fetch(request, net, trace)
        await net.close()
    assert b"canary1" in target.requests[0]
    evidence = trace.evidence()
    assert "canary" not in repr(evidence) + repr(request)
    assert "X-Open: seen" in evidence.request
    assert "X-Key: ********" in evidence.request


BODIES = {
    "without length, ended by closing": b"HTTP/1.1 200 OK\r\n\r\nhello",
    "HTTP/1.0": b"HTTP/1.0 200 OK\r\n\r\nhello",
    "chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n"
    b"0\r\nX-Trailer: 1\r\n\r\n",
    "after informational answers": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    "no words after the status": b"HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello",
    "an upgrade that is only offered": b"HTTP/1.1 200 OK\r\nUpgrade: h2\r\nConnection: Upgrade, close\r\n"
    b"Content-Length: 5\r\n\r\nhello",
    "more than was announced": b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello and more",
}


@pytest.mark.parametrize("content", BODIES.values(), ids=BODIES)
async def test_bodies_are_delimited_as_the_protocol_says(content: bytes) -> None:
    async with targets.serving(targets.raw(content)) as target:
        response = await ask(target.url())
    assert (response.status, response.body) == (200, b"hello")
    assert "link" not in dict(response.headers)


async def test_head_204_and_304_have_no_body_to_wait_for() -> None:
    async def staying(reader: Any, writer: Any, request: bytes) -> None:
        status = b"200 OK" if request.startswith(b"HEAD") else request.split(b" ")[1][1:] + b" X"
        writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 500\r\n\r\n")
        await reader.read()

    async with targets.serving(staying) as target:
        assert (await ask(target.url(), method="HEAD")).body == b""
        assert (await ask(target.url("/204"))).status == 204
        assert (await ask(target.url("/304"))).status == 304


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
async def test_packed_bodies_are_unpacked_and_bounded(encoding: str) -> None:
    body = b"0123456789" * 1000
    headers = (("Content-Encoding", encoding),)
    async with targets.serving(targets.answering(targets.packed(body, encoding), headers=headers)) as target:
        whole = await ask(target.url())
        cut = await ask(target.url(), max_body=1024)
        exact = await ask(target.url(), max_body=len(body))
    assert (whole.body, whole.truncated) == (body, False)
    assert (cut.body, cut.truncated) == (body[:1024], True)
    assert (exact.body, exact.truncated) == (body, False)


async def test_a_body_of_exactly_the_limit_is_whole() -> None:
    async with targets.serving(targets.answering(b"x" * 2048)) as target:
        assert not (await ask(target.url(), max_body=2048)).truncated
        cut = await ask(target.url(), max_body=2047)
    assert (len(cut.body), cut.truncated) == (2047, True)


async def test_a_name_is_resolved_once_and_the_address_that_was_looked_at_is_dialled() -> None:
    answers = iter(["127.0.0.1", "169.254.169.254"])
    asked = []

    def rebinding(host: str, *_: object, **__: object) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), 0))]

    net = Network(open_network().config, resolver=Resolver(2, lookup=rebinding))
    async with targets.serving(targets.answering()) as target:
        assert (await ask(target.url(host="rebind.test"), net=net)).status == 200
        assert asked == ["rebind.test"]
        net.resolver.forget()
        with pytest.raises(NetError) as fault:
            await ask(target.url(host="rebind.test"), net=net)
    assert fault.value.reason is Reason.BLOCKED_ADDRESS
    assert asked == ["rebind.test"] * 2
    assert target.connections == 1
    await net.close()


async def test_the_first_address_that_answers_is_taken() -> None:
    def both(*_: object, **__: object) -> list[Any]:
        return [(socket.AF_INET6, 1, 6, "", ("::1", 0)), (socket.AF_INET, 1, 6, "", ("127.0.0.1", 0))]

    net = Network(open_network().config, resolver=Resolver(2, lookup=both))
    trace = Trace()
    async with targets.serving(targets.answering()) as target:
        assert (await ask(target.url(host="both.test"), net=net, trace=trace)).status == 200
    assert trace.address == "127.0.0.1"
    await net.close()


async def test_verification_can_be_turned_off_and_the_certificate_is_still_in_hand() -> None:
    async with targets.serving(targets.answering(), tls=tls_targets.self_signed()) as target:
        response = await ask(target.url(), tls=TlsSettings(verify=False, alpn=HTTP_TLS.alpn))
    assert response.status == 200
    assert len(response.leaves) == 1


async def test_ipv6_and_ipv4_can_be_chosen() -> None:
    async with targets.serving(targets.answering(), host="::1") as target:
        assert (await ask(target.url())).status == 200
        with pytest.raises(NetError) as fault:
            await ask(target.url(), family="ipv4")
    assert fault.value.reason is Reason.DNS_NO_ANSWER
