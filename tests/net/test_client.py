"""The HTTP client of channels: it dials through the guard, under the right names, and nowhere else."""

import asyncio
import logging
import ssl

import httpx2
import pytest
import trustme

from asura.domain.reason import Reason
from asura.net.client import guarded_client
from asura.net.errors import NetError
from tests.channels.services import Reply, flood, hang_up, network, provider


async def test_request_reaches_an_allowed_host_with_its_own_host_header() -> None:
    async with provider(Reply(200, "taken")) as fake, network("localhost") as net:
        answer = await net.http.post(f"http://localhost:{fake.port}/hook?x=1", content=b"hello")
    assert (answer.status_code, answer.text) == (200, "taken")
    assert fake.received[0].headers["host"] == f"localhost:{fake.port}"
    assert (fake.received[0].path, fake.received[0].body) == ("/hook?x=1", b"hello")
    assert fake.received[0].headers["user-agent"].startswith("asura/")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
    ],
)
async def test_private_address_is_refused_before_a_byte_is_sent(host: str) -> None:
    async with provider() as fake, network("192.0.2.0/24") as net:
        with pytest.raises(NetError) as refused:
            await net.http.post(f"http://{host}:{fake.port}/")
        assert refused.value.reason is Reason.BLOCKED_ADDRESS
        assert fake.received == []


@pytest.mark.parametrize("address", ["169.254.169.254", "[fe80::1]", "0.0.0.0", "224.0.0.1", "[fd00:ec2::254]"])
async def test_metadata_and_link_local_are_refused_even_when_everything_private_is_allowed(address: str) -> None:
    async with network("0.0.0.0/0", "::/0") as net:
        with pytest.raises(NetError) as refused:
            await net.http.get(f"http://{address}/latest/meta-data/")
    assert refused.value.reason is Reason.BLOCKED_ADDRESS


async def test_redirect_into_private_space_is_not_followed() -> None:
    async with provider() as inner, provider(inner.elsewhere()) as fake, network("localhost") as net:
        answer = await net.http.get(f"http://localhost:{fake.port}/")
    assert answer.status_code == 302
    assert inner.received == []


async def test_redirect_asked_for_by_the_caller_still_meets_the_guard() -> None:
    async with provider() as inner, provider(inner.elsewhere()) as fake, network("localhost") as net:
        with pytest.raises(NetError) as refused:
            await net.http.get(f"http://localhost:{fake.port}/", follow_redirects=True)
    assert refused.value.reason is Reason.BLOCKED_ADDRESS
    assert inner.received == []


async def test_proxy_of_the_environment_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    async with provider() as proxy, provider() as fake:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        async with network() as net:
            await net.http.get(fake.url)
    assert (len(proxy.received), len(fake.received)) == (0, 1)


async def test_cookies_are_not_kept() -> None:
    async with provider(Reply(headers={"Set-Cookie": "track=1; Path=/"})) as fake, network() as net:
        await net.http.get(fake.url)
        await net.http.get(fake.url)
    assert "cookie" not in fake.received[1].headers


async def test_tls_is_verified_under_the_name_that_was_asked_for(tmp_path) -> None:
    authority, names = trustme.CA(), []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    context.sni_callback = lambda _, name, __: names.append(name)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    async with provider(tls=context) as fake, network(ca_file=str(tmp_path / "ca.pem")) as net:
        answer = await net.http.get(f"https://localhost:{fake.port}/")
        with pytest.raises(NetError) as refused:
            await net.http.get(f"https://127.0.0.1:{fake.port}/")
    assert (answer.status_code, names[0]) == (200, "localhost")
    assert refused.value.reason is Reason.TLS_HOSTNAME


async def test_unknown_authority_is_refused_unless_the_caller_does_not_verify() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    async with provider(tls=context) as fake, network() as net:
        with pytest.raises(NetError) as refused:
            await net.http.get(f"https://localhost:{fake.port}/")
        async with guarded_client(net, verify=False) as lenient:
            assert (await lenient.get(f"https://localhost:{fake.port}/")).status_code == 200
    assert refused.value.reason in (Reason.TLS_UNTRUSTED, Reason.TLS_SELF_SIGNED)


async def test_client_that_does_not_verify_is_guarded_too() -> None:
    async with provider() as fake, network("192.0.2.0/24") as net, guarded_client(net, verify=False) as lenient:
        with pytest.raises(NetError):
            await lenient.get(fake.url)
    assert fake.received == []


async def test_refused_connection_and_hang_up_are_errors_of_the_libraries_callers_know() -> None:
    async with provider(Reply(instead=hang_up)) as fake, network() as net:
        with pytest.raises(httpx2.RemoteProtocolError):
            await net.http.get(fake.url)
    async with network() as net:
        with pytest.raises(NetError) as refused:
            await net.http.get(fake.url)
    assert refused.value.reason is Reason.CONNECT_REFUSED


async def test_endless_answer_can_be_left() -> None:
    async with provider(Reply(instead=flood)) as fake, network() as net:
        async with net.http.stream("GET", fake.url) as response:
            async for part in response.aiter_raw():
                assert part
                break
        assert len(fake.received) == 1


async def test_many_requests_at_once_share_the_client() -> None:
    async with provider() as fake, network() as net:
        answers = await asyncio.gather(*(net.http.get(f"{fake.url}/{n}") for n in range(150)))
    assert {answer.status_code for answer in answers} == {200}
    assert len(fake.received) == 150


async def test_addresses_never_reach_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with provider() as fake, network() as net:
        await net.http.get(f"{fake.url}/bot123:token-of-a-chat/send")
    assert "token-of-a-chat" not in caplog.text


async def test_who_speaks_to_plain_services_alone_loads_no_authorities() -> None:
    async with network() as net, guarded_client(net):
        assert not net.tls._contexts
