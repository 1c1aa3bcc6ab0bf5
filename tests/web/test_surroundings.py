"""What surrounds every request: addresses behind proxies, ids, headers, compression, logs, our own faults."""

import gzip
import logging
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from asura.errors import StoreUnavailable
from asura.web.middleware import Surroundings
from asura.web.options import WebOptions
from tests.web.harness import V1, asura, monitor


def request(peer: str | None, **headers: str) -> Request:
    """Return a request from a peer."""
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    client = (peer, 1234) if peer else None
    return Request({"type": "http", "scheme": "http", "method": "GET", "path": "/", "headers": raw, "client": client})


PROXIES = WebOptions(trusted_proxies=("10.0.0.0/8", "2001:db8::/32", "192.0.2.1"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "203.0.113.66, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1, 10.9.9.9, 192.0.2.1", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.2", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "not an address", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1, garbage", "10.0.0.1"),
        ("2001:db8::1", "2a00::7", "2a00::7"),
        (None, "198.51.100.1", "local"),
    ],
)
def test_the_address_is_the_last_hop_that_is_not_ours(peer: str | None, forwarded: str, address: str) -> None:
    assert Surroundings(PROXIES).address(request(peer, x_forwarded_for=forwarded)) == address


def test_without_trusted_proxies_no_header_counts() -> None:
    around = Surroundings(WebOptions())
    asked = request("127.0.0.1", x_forwarded_for="1.2.3.4", x_forwarded_proto="https", x_request_id="given-by-them")
    assert around.address(asked) == "127.0.0.1"
    assert not around.is_secure(asked)
    assert around.request_id(asked) != "given-by-them"


def test_a_trusted_proxy_may_say_https_and_give_the_id() -> None:
    around = Surroundings(PROXIES)
    asked = request("10.0.0.1", x_forwarded_proto="https", x_request_id="given-by-them")
    assert around.is_secure(asked)
    assert around.request_id(asked) == "given-by-them"
    for wrong in ("short", "x" * 65, "a b c d e f", "line\nbreak"):
        assert around.request_id(request("10.0.0.1", x_request_id=wrong)) != wrong


@pytest.mark.parametrize("path", ["/", f"{V1}/me", f"{V1}/nothing", f"{V1}/health", "/api/docs", "/assets/x.js"])
async def test_every_answer_has_its_id_and_the_headers_that_keep_browsers_tame(tmp_path: Path, path: str) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        first, second = await client.get(path), await client.get(path)
    headers = first.headers
    assert headers["x-request-id"] != second.headers["x-request-id"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "strict-transport-security" not in headers
    assert "server" not in headers


async def test_hsts_under_tls_and_frames_where_allowed(tmp_path: Path) -> None:
    options: dict[str, Any] = {"trusted_proxies": ("127.0.0.1",), "frame_ancestors": ("https://portal.example",)}
    async with asura(tmp_path, **options) as site, site.client() as client:
        answer = await client.get(f"{V1}/me", headers={"X-Forwarded-Proto": "https"})
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert "frame-ancestors https://portal.example" in answer.headers["content-security-policy"]
    assert "x-frame-options" not in answer.headers


async def test_only_named_origins_may_read_answers(tmp_path: Path) -> None:
    async with asura(tmp_path, cors_origins=("https://board.example",)) as site, site.client() as client:
        ask = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization"}
        allowed = await client.options(f"{V1}/monitors/1", headers={"Origin": "https://board.example", **ask})
        other = await client.options(f"{V1}/monitors/1", headers={"Origin": "https://evil.example", **ask})
        read = await client.get(f"{V1}/me", headers={"Origin": "https://board.example"})
        evil = await client.get(f"{V1}/me", headers={"Origin": "https://board.example.evil.example"})
    assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (204, "https://board.example")
    assert "PUT" in allowed.headers["access-control-allow-methods"]
    assert read.headers["access-control-allow-origin"] == "https://board.example"
    assert "access-control-allow-credentials" not in read.headers
    assert read.headers["vary"] == "Origin"
    for answer in (other, evil):
        assert "access-control-allow-origin" not in answer.headers


async def test_larger_answers_are_packed_for_who_takes_them(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        for accepted, packed in (("gzip", True), ("br, gzip;q=0.5", True), ("identity", False), ("gzip;q=0", False)):
            answer = await client.get(f"{V1}/openapi.json", headers={"Accept-Encoding": accepted})
            assert (answer.headers.get("content-encoding") == "gzip") is packed
            assert answer.headers["vary"] == "Accept-Encoding"
            assert answer.json()["openapi"] == "3.1.0"
        small = await client.get(f"{V1}/me", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in small.headers
    assert gzip.compress(small.content)


async def test_the_id_is_in_the_log_and_the_key_and_query_are_not(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "asura.web")
    lines: list[str] = []

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            from asura.log import JsonFormatter

            lines.append(JsonFormatter().format(record))

    handler = Lines()
    logging.getLogger("asura.web").addHandler(handler)
    try:
        async with asura(tmp_path) as site, site.client() as client:
            answer = await client.get(f"{V1}/monitors", params={"q": "hidden-words"})
            secret = site.keys["admin"]
    finally:
        logging.getLogger("asura.web").removeHandler(handler)
    line = next(line for line in lines if answer.headers["x-request-id"] in line)
    assert f"GET {V1}/monitors 200" in line
    assert '"actor":"admin"' in line
    assert secret not in "".join(lines)
    assert "hidden-words" not in "".join(lines)


async def test_our_own_fault_is_a_500_without_a_trace_of_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        site.engine.live.monitors = lambda: 1 / 0  # type: ignore[method-assign,assignment,return-value]
        answer = await client.get(f"{V1}/monitors")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "ZeroDivision" not in answer.text
    assert "Traceback" not in answer.text
    assert "ZeroDivisionError" in caplog.text


async def test_a_store_that_cannot_commit_is_a_503_that_says_when_to_try_again(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:

        async def refuse(*_: Any, **__: Any) -> None:
            raise StoreUnavailable("the disk is full")

        write, site.engine.store.write = site.engine.store.write, refuse  # type: ignore[method-assign,assignment]
        try:
            answer = await client.post(f"{V1}/monitors", json=monitor())
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
            assert (await client.get(f"{V1}/monitors")).json()["data"] == []
        finally:
            site.engine.store.write = write  # type: ignore[method-assign]
        assert (await client.post(f"{V1}/monitors", json=monitor())).status_code == 201


async def test_a_server_that_announces_its_life_and_one_that_wants_a_web_socket_are_answered(tmp_path: Path) -> None:
    async with asura(tmp_path) as site:
        coming = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
        said: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return coming.pop(0)

        async def send(message: Any) -> None:
            said.append(message)

        await site.app({"type": "lifespan"}, receive, send)
        await site.app({"type": "websocket"}, receive, send)
    kinds = [message["type"] for message in said]
    assert kinds == ["lifespan.startup.complete", "lifespan.shutdown.complete", "websocket.close"]
