"""What holds for every channel type, those to come included: found, documented, guarded, and telling no secrets."""

import ast
import inspect
from pathlib import Path
from typing import Any

import msgspec
import pytest

import asura.channels
from asura.channels import channel_types
from asura.domain.fields import STARS, Secret, conceal, convert, map_secrets, schema_hook
from tests.channels.services import network, outcome, verdict

HIDDEN = "t0p-s3cret-of-a-channel"
PRIVATE = "http://127.0.0.1:9"
# Settings of each type that lead to a private address; a type without a row fails the test.
SETTINGS: dict[str, dict[str, Any]] = {
    "apprise": {"urls": [f"json://user:{HIDDEN}@127.0.0.1:9/{HIDDEN}"]},
    "discord": {"webhook_url": f"{PRIVATE}/api/webhooks/1/{HIDDEN}"},
    "email": {
        "host": "127.0.0.1",
        "username": "u",
        "password": HIDDEN,
        "from": "a@example.com",
        "to": ["b@example.com"],
    },
    "ntfy": {"topic": "ops", "server": PRIVATE, "token": HIDDEN},
    "slack": {"bot_token": HIDDEN, "channel": "#ops", "api_url": PRIVATE},
    "telegram": {"bot_token": f"123:{HIDDEN}", "chat_id": "1", "api_url": PRIVATE},
    "webhook": {"url": f"{PRIVATE}/", "secret": HIDDEN, "headers": {"X-Key": HIDDEN}},
}
# Names that open connections; the guarded dialer and the guarded client are the only ways out.
WAYS_OUT = {
    "open_connection",
    "create_connection",
    "create_datagram_endpoint",
    "open_unix_connection",
    "urlopen",
    "AsyncClient",
    "Client",
    "HTTPConnection",
    "HTTPSConnection",
    "getaddrinfo",
    "gethostbyname",
}
LIBRARIES = {"socket", "requests", "aiohttp", "http", "httpx", "httpcore2", "smtplib", "urllib3", "websockets"}

every_type = pytest.mark.parametrize("name", sorted(channel_types()))


def test_the_types_of_the_first_release_are_found() -> None:
    assert set(channel_types()) >= {"apprise", "discord", "email", "ntfy", "slack", "telegram", "webhook"}


@every_type
async def test_private_address_is_refused_for_good_and_no_secret_is_told(name: str) -> None:
    channel = channel_types()[name]
    settings = convert(SETTINGS[name], channel.params)
    channel.validate(settings)
    async with network("192.0.2.0/24") as net:
        came = await outcome(channel, settings, net)
    assert verdict(came) == ("permanent", None)
    assert "network.allow_private_channels" in str(came)
    assert HIDDEN not in f"{came} {came!r} {came.__cause__!r} {settings!r} {settings}"


@every_type
async def test_unreachable_provider_is_transient_and_no_secret_is_told(name: str) -> None:
    channel = channel_types()[name]
    settings = convert(SETTINGS[name], channel.params)
    async with network() as net:
        came = await outcome(channel, settings, net)
    assert verdict(came) == ("transient", None)
    assert HIDDEN not in f"{came} {came!r} {came.__cause__!r}"


@every_type
def test_settings_read_back_as_stars(name: str) -> None:
    settings = conceal(convert(SETTINGS[name], channel_types()[name].params))
    assert HIDDEN not in str(settings)
    assert STARS in str(settings)


@every_type
def test_every_setting_has_a_label_and_a_sentence_of_help(name: str) -> None:
    (_,), parts = msgspec.json.schema_components([channel_types()[name].params], schema_hook=schema_hook)
    for setting, schema in parts["Params"]["properties"].items():
        assert schema.get("title"), setting
        assert schema.get("description", "").endswith("."), setting


@every_type
def test_unknown_settings_are_refused_and_values_are_frozen(name: str) -> None:
    params = channel_types()[name].params
    assert params.__struct_config__.frozen
    with pytest.raises(msgspec.ValidationError, match="unknown"):
        convert(SETTINGS[name] | {"unheard_of": 1}, params)


@every_type
def test_stored_settings_convert_with_their_secrets(name: str) -> None:
    params = channel_types()[name].params
    stored = msgspec.to_builtins(
        convert(SETTINGS[name], params), enc_hook=lambda secret: secret, builtin_types=(Secret,)
    )
    again = convert(map_secrets(stored, lambda secret: secret), params)
    assert again == convert(SETTINGS[name], params)


def test_no_channel_opens_a_connection_by_itself() -> None:
    for path in sorted(Path(asura.channels.__path__[0]).glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                assert called not in WAYS_OUT, f"{path.name}:{node.lineno}"
            if isinstance(node, ast.Import | ast.ImportFrom):
                modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
                roots = {module.partition(".")[0] for module in modules}
                assert not roots & LIBRARIES, f"{path.name}:{node.lineno}"


@every_type
def test_types_have_what_the_protocol_asks_for(name: str) -> None:
    channel = channel_types()[name]
    assert (channel.name, bool(channel.title), isinstance(channel.carries_key, bool)) == (name, True, True)
    assert inspect.iscoroutinefunction(channel.send)
    assert list(inspect.signature(channel.send).parameters) == ["params", "message", "net"]
