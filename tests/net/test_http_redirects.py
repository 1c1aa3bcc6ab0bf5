"""Where redirects lead, and what goes along."""

from typing import Any

import pytest

from asura.domain.fields import Secret
from asura.domain.reason import Reason
from asura.net.errors import NetError
from asura.net.trace import Trace
from tests import targets, tls_targets
from tests.net.asking import ask, trusting

REDIRECTS = [
    # status, method before, method after, body goes along
    ("301 Moved", "GET", "GET", False),
    ("301 Moved", "POST", "GET", False),
    ("302 Found", "POST", "GET", False),
    ("302 Found", "PUT", "PUT", True),
    ("303 See Other", "POST", "GET", False),
    ("303 See Other", "PUT", "GET", False),
    ("303 See Other", "HEAD", "HEAD", False),
    ("307 Temporary", "POST", "POST", True),
    ("308 Permanent", "POST", "POST", True),
]


@pytest.mark.parametrize(("status", "before", "after", "with_body"), REDIRECTS)
async def test_a_redirect_keeps_or_changes_the_method(status: str, before: str, after: str, with_body: bool) -> None:
    routes = {"/": targets.redirecting("next?x=1", status), "/next": targets.answering()}
    trace = Trace()
    async with targets.serving(targets.by_path(routes)) as target:
        body = b"form" if before in ("POST", "PUT") else b""
        headers = (("Content-Type", "text/x"),) if body else ()
        response = await ask(target.url(), method=before, body=body, headers=headers, max_redirects=1, trace=trace)
    assert response.status == 200
    assert target.line() == f"{after} /next?x=1 HTTP/1.1"
    assert target.body() == (b"form" if with_body else b"")
    assert (target.header("Content-Type") is not None) == with_body
    assert len(trace.redirects) == 1


async def test_credentials_stay_with_the_origin_they_were_given_for() -> None:
    async with targets.serving(targets.answering()) as other:
        routes = {
            "/away": targets.redirecting(other.url()),
            "/near": targets.redirecting("/"),
            "/": targets.answering(),
        }
        async with targets.serving(targets.by_path(routes)) as target:
            headers = (
                ("Authorization", "a"),
                ("Cookie", "b"),
                ("X-Key", "c"),
                ("Host", "shop.example"),
                ("X-Open", "d"),
                ("X-Auth-Token", "e"),
            )
            wanted = {"headers": headers, "private": frozenset({"x-key"}), "max_redirects": 3}
            await ask(target.url("/near"), **wanted)
            await ask(target.url("/away"), **wanted)
    assert target.header("Host") == "shop.example"
    assert (target.header("Authorization", request=1), target.header("X-Key", request=1)) == ("a", "c")
    assert [other.header(name) for name in ("Authorization", "Cookie", "X-Key", "X-Auth-Token")] == [None] * 4
    assert other.header("X-Open") == "d"
    assert other.header("Host") == f"127.0.0.1:{other.port}"


async def test_redirects_are_counted_and_can_be_taken_as_answers() -> None:
    async with targets.serving(targets.redirecting("/again")) as target:
        assert (await ask(target.url())).status == 302
        assert target.connections == 1
        with pytest.raises(NetError) as fault:
            await ask(target.url(), max_redirects=4)
        assert target.connections == 6
    assert fault.value.reason is Reason.REDIRECT_LIMIT


async def test_a_redirect_is_not_delayed_by_its_own_body() -> None:
    async def lingering(reader: Any, writer: Any, request: bytes) -> None:
        if b"GET /next" in request:
            await targets.answering()(reader, writer, request)
            return
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 100\r\n\r\n")
        await reader.read()

    async with targets.serving(lingering) as target:
        assert (await ask(target.url(), max_redirects=1)).status == 200


async def test_client_certificates_open_doors_and_stay_at_home() -> None:
    certificate, key = tls_targets.authority().client()
    settings = trusting(client_cert_pem=certificate, client_key_pem=Secret(key))
    async with targets.serving(targets.answering(), tls=tls_targets.authority().demanding()) as target:
        assert (await ask(target.url(), tls=settings)).status == 200
        with pytest.raises(NetError):
            await ask(target.url(), tls=trusting())
        async with targets.serving(targets.redirecting(target.url())) as plain:
            with pytest.raises(NetError):
                await ask(plain.url(), tls=settings, max_redirects=1)
