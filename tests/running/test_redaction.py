"""What a target repeats of its request is starred before anybody sees or stores it."""

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from asura.checks import check_types
from asura.checks.base import Job
from asura.domain import fields
from asura.domain.monitor import Assertion
from asura.domain.result import Outcome
from asura.net.network import open_network
from asura.running.execute import execute
from asura.running.redaction import secrets_of, without

HTTP = check_types()["http"]
SECRETS = {
    "password": "pa55-word/+ü",
    "header": "header-canary-1",
    "plain": "plain-key-canary",
    "token": "bearer-canary-2",
}
SETTINGS: dict[str, Any] = {
    "auth": {"type": "basic", "username": "ada", "password": SECRETS["password"]},
    "secret_headers": {"X-Sec": SECRETS["header"]},
    "headers": {"X-API-Key": SECRETS["plain"], "Authorization2": f"Bearer {SECRETS['token']}"},
}


@asynccontextmanager
async def echo(filler: int = 0) -> AsyncIterator[str]:
    """Serve an error that repeats the head of its request in a header and in its body."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        sent = next((line for line in head.split(b"\r\n") if line.startswith(b"Authorization:")), b"")
        body = b"." * filler + head
        writer.write(b"HTTP/1.1 500 Oops\r\nX-Echo: %b\r\nContent-Length: %d\r\n\r\n%b" % (sent, len(body), body))
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def seen(target: str, settings: dict[str, Any], *assertions: Assertion) -> Outcome:
    net = open_network()
    try:
        params = fields.convert(settings, HTTP.params)
        return await execute(HTTP, Job(target, params, 5.0, assertions), net)
    finally:
        await net.close()


def told(outcome: Outcome) -> str:
    return json.dumps(msgspec.to_builtins(outcome), ensure_ascii=False)


async def test_an_echo_of_the_request_shows_no_secret() -> None:
    body = Assertion("body", "contains", "never there")
    header = Assertion("header", "eq", "other", name="X-Echo")
    async with echo() as target:
        outcome = await seen(target, SETTINGS, body, header)
    text = told(outcome)
    assert "X-Echo" in text and "GET / HTTP/1.1" in text
    basic = base64.b64encode(f"ada:{SECRETS['password']}".encode()).decode()
    for secret in (*SECRETS.values(), basic):
        assert secret not in text


async def test_the_sentence_of_a_failed_assertion_shows_no_secret() -> None:
    settings: dict[str, Any] = {"auth": {"type": "bearer", "token": SECRETS["token"]}}
    async with echo() as target:
        outcome = await seen(target, settings, Assertion("header", "eq", "other", name="X-Echo"))
    assert "but it was" in told(outcome)
    assert SECRETS["token"] not in told(outcome)


@pytest.mark.parametrize("filler", range(3_900, 4_096, 3))
async def test_a_cut_through_a_secret_leaves_no_telling_part_of_it(filler: int) -> None:
    async with echo(filler) as target:
        outcome = await seen(target, {"secret_headers": {"X-Sec": SECRETS["header"]}})
    assert SECRETS["header"][:6] not in told(outcome)


def test_secrets_are_known_in_every_form_in_which_they_are_sent() -> None:
    found = secrets_of(fields.convert(SETTINGS, HTTP.params))
    assert base64.b64encode(f"ada:{SECRETS['password']}".encode()).decode() in found
    assert set(SECRETS.values()) <= set(found)
    assert secrets_of(fields.convert({"headers": {"Accept": "text/html-only"}}, HTTP.params)) == ()


def test_a_secret_inside_another_leaves_nothing_of_it() -> None:
    params = fields.convert({"secret_headers": {"A": "abcdef", "B": "abcdefghij"}}, HTTP.params)
    assert without("x abcdefghij y", secrets_of(params)) == "x ******** y"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("it was canary-1", "it was ********"),
        ("canary-1… and canary-17…", "********… and ********…"),
        ("canary…canary-…canary", "********…********…********"),
        ("canary-1 is no cut, and canary-2… is another", "canary-1 is no cut, and canary-2… is another"),
        ("canarcanary", "canar********"),
        ("all of canary-17x", "all of ********x"),
    ],
)
def test_the_beginning_of_a_secret_is_starred_out_where_a_text_was_cut(text: str, left: str) -> None:
    assert without(text, ("canary-17",)) == left


def test_a_text_full_of_beginnings_costs_little() -> None:
    secret = "canary" * 80 + "!"
    began = time.process_time()
    without("canary" * 11_000, (secret,))
    without("canary " * 9_000, (secret,))
    assert time.process_time() - began < 1
