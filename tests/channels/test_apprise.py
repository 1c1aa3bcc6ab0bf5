"""The Apprise channel: what it may dial, what it hands over, and that it ends in time and keeps secrets."""

import logging
import os
import subprocess
import sys
import time

import pytest

from asura.channels.apprise import CHANNEL, HOSTED, PROVIDERS, AppriseChannel, Params
from asura.domain.fields import Secret, convert
from asura.errors import DeliveryError, Invalid
from tests.channels.services import Reply, hang_up, message, network, outcome, provider, silence, verdict


class Impatient(AppriseChannel):
    within_s = 0.6


def params(*urls: str) -> Params:
    return convert({"urls": list(urls)}, Params)


async def test_message_is_handed_to_the_service() -> None:
    async with provider() as fake, network() as net:
        answer = await CHANNEL.send(params(f"json://127.0.0.1:{fake.port}/hook"), message(), net)
    [got] = fake.received
    assert answer == "taken by 1 of 1"
    assert got.path == "/hook"
    assert got.json["title"] == "DOWN: Checkout API"
    assert got.json["type"] == "failure"
    assert "Cause: connect refused" in got.json["message"]


async def test_gotify_gets_its_token() -> None:
    async with provider(Reply(200, {"id": 1})) as fake, network() as net:
        await CHANNEL.send(params(f"gotify://127.0.0.1:{fake.port}/Abcdefghij12345"), message(), net)
    assert fake.received[0].headers["x-gotify-key"] == "Abcdefghij12345"


async def test_private_host_is_refused_before_it_is_dialled() -> None:
    async with provider() as fake, network("192.0.2.0/24") as net:
        for host in ("127.0.0.1", "localhost", "127.1", "2130706433"):
            came = await outcome(CHANNEL, params(f"json://{host}:{fake.port}/"), net)
            assert verdict(came)[0] == "permanent", host
            assert "network.allow_private_channels" in str(came) or "address" in str(came)
    assert fake.received == []


async def test_metadata_is_refused_even_when_private_hosts_are_allowed() -> None:
    async with network("0.0.0.0/0") as net:
        came = await outcome(CHANNEL, params("json://169.254.169.254/latest"), net)
    assert verdict(came)[0] == "permanent"


async def test_redirect_is_not_followed() -> None:
    async with provider() as inner, provider(inner.elsewhere()) as fake, network() as net:
        await outcome(CHANNEL, params(f"json://127.0.0.1:{fake.port}/"), net)
    assert len(fake.received) == 1
    assert inner.received == []


ANSWERS = [(200, "sent"), (204, "sent"), (401, "transient"), (404, "transient"), (500, "transient")]


@pytest.mark.parametrize(("status", "expected"), ANSWERS)
async def test_answer_of_a_service(status: int, expected: str) -> None:
    async with provider(Reply(status, "words")) as fake, network() as net:
        came = await outcome(CHANNEL, params(f"json://127.0.0.1:{fake.port}/"), net)
    assert verdict(came) == (expected, None)


async def test_hang_up_is_transient() -> None:
    async with provider(Reply(instead=hang_up)) as fake, network() as net:
        came = await outcome(CHANNEL, params(f"json://127.0.0.1:{fake.port}/"), net)
    assert verdict(came) == ("transient", None)


async def test_one_time_out_holds_over_everything() -> None:
    async with provider(Reply(instead=silence)) as fake, network() as net:
        began = time.monotonic()
        came = await outcome(Impatient(), params(*[f"json://127.0.0.1:{fake.port}/{n}" for n in range(3)]), net)
        took = time.monotonic() - began
    assert verdict(came) == ("transient", None)
    assert "within 0.6 s" in str(came)
    assert took < 2.5


async def test_one_service_of_two_that_fails_is_named_in_the_answer() -> None:
    async with provider() as good, provider(Reply(500)) as bad, network() as net:
        urls = [f"json://127.0.0.1:{good.port}/", f"json://127.0.0.1:{bad.port}/"]
        answer = await CHANNEL.send(params(*urls), message(), net)
    assert answer.startswith("taken by 1 of 2")
    assert "JSON did not take it" in answer


async def test_address_that_the_service_does_not_understand_is_permanent() -> None:
    async with network() as net:
        came = await outcome(CHANNEL, params("tgram://nonsense"), net)
    assert verdict(came) == ("permanent", None)
    assert "tgram://" in str(came)


async def test_secrets_are_in_no_error_and_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    echo = "denied for sekret-user sekret-pass99 sekret-path77"
    async with provider(Reply(403, echo)) as fake, network() as net:
        url = f"json://sekret-user:sekret-pass99@127.0.0.1:{fake.port}/sekret-path77"
        settings = params(url)
        came = await outcome(CHANNEL, settings, net)
    assert isinstance(came, DeliveryError)
    seen = f"{came} {came!r} {settings!r} {caplog.text}"
    for hidden in ("sekret-user", "sekret-pass99", "sekret-path77"):
        assert hidden not in seen


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nothing", "looks like"),
        ("", "looks like"),
        ("syslog://", "looks like"),
        ("syslog://local", "not among"),
        ("dbus://x", "not among"),
        ("windows://x", "not among"),
        ("vapid://x/y", "not among"),
        ("fcm://project/x?keyfile=/etc/passwd", "not among"),
        ("file:///etc/passwd", "not among"),
        ("mailto://a:b@example.com", "E-mail"),
        ("ntfy://topic", "ntfy"),
        ("slack://a/b/c/?template=/etc/passwd", "template"),
        ("discord://1/x/?Template=http://10.0.0.1/", "template"),
        ("json://example.com/?redirect=yes", "redirect"),
        ("json://example.com/#?redirect=yes", "redirect"),
        ("json://example.com/;%74emplate=x", "template"),
        ("json://exa\nmple.com/", "looks like"),
    ],
)
def test_address_that_is_not_allowed_is_refused_by_path(url: str, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        CHANNEL.validate(params("json://example.com/", url))
    [fault] = refused.value.faults
    assert fault.path == "settings.urls[1]"
    assert words in fault.message


async def test_address_that_is_not_allowed_is_not_sent_to_either() -> None:
    async with network() as net:
        with pytest.raises(Invalid):
            await CHANNEL.send(Params(urls=[Secret("syslog://local")]), message(), net)


def test_every_allowed_scheme_is_one_that_the_library_knows() -> None:
    import apprise

    known: set[str] = set()
    for service in apprise.Apprise().details()["schemas"]:
        known.update(service["protocols"] or ())
        known.update(service["secure_protocols"] or ())
    unknown = (PROVIDERS | HOSTED) - known
    assert not unknown
    assert not PROVIDERS & HOSTED


def test_library_is_loaded_with_the_first_message_only() -> None:
    code = (
        "import sys; from asura.channels import channel_types; assert channel_types(); print('apprise' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ | {"PYTHONPATH": "."}
    )
    assert done.stdout.strip() == "False"
