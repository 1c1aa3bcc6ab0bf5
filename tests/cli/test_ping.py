"""`asura ping`: what arrives at a heartbeat, in which order, and whose exit status it is."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest

from asura.cli.ping import Address
from asura.cli.ping_run import Tail


class Request(NamedTuple):
    """One request as it came in."""

    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes


class Heartbeat:
    """A server that takes pings; `answers` says how, and `wait` for how long it thinks."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answers: Callable[[Request, int], str] = lambda request, number: "200 OK"
        self.wait: Callable[[Request], float] = lambda request: 0.0
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        parts = urlsplit(head[0].split(" ")[1])
        request = Request(parts.path, parse_qs(parts.query), headers, body)
        await asyncio.sleep(self.wait(request))
        self.requests.append(request)
        answer = self.answers(request, len(self.requests))
        writer.write(f"HTTP/1.1 {answer}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK".encode())
        await writer.drain()
        writer.close()

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.requests]


@asynccontextmanager
async def heartbeat() -> AsyncIterator[Heartbeat]:
    one = Heartbeat()
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0)
    one.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/ping/secret-token"
    try:
        yield one
    finally:
        server.close()


async def start(*arguments: str) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "asura", "ping", *arguments, stdin=pipe, stdout=pipe, stderr=pipe
    )


async def run(*arguments: str) -> tuple[int, bytes, bytes]:
    process = await start(*arguments)
    out, err = await process.communicate(b"typed in")
    return process.returncode or 0, out, err


def shell(script: str) -> tuple[str, ...]:
    return ("--", "/bin/sh", "-c", script)


async def test_a_run_is_told_from_its_start_to_its_exit_status_and_its_output_passes_through() -> None:
    async with heartbeat() as beat:
        status, out, err = await run(beat.url, *shell("echo out; echo err >&2; exit 3"))
        assert (status, out, err) == (3, b"out\n", b"err\n")
        assert beat.paths == ["/ping/secret-token/start", "/ping/secret-token/3"]
        first, last = beat.requests
        assert first.query["rid"] == last.query["rid"] and len(first.query["rid"][0]) == 36
        assert sorted(last.body.split()) == [b"err", b"out"]
        assert last.headers["content-type"] == "text/plain; charset=utf-8"
        assert int(last.headers["content-length"]) == len(last.body)


@pytest.mark.parametrize(
    ("script", "status"),
    [("exit 0", 0), ("exit 255", 255), ("kill -TERM $$", 143), ("kill -KILL $$", 137), ("cat >/dev/null; exit 5", 5)],
)
async def test_the_exit_status_is_the_command_s_own(script: str, status: int) -> None:
    async with heartbeat() as beat:
        assert (await run(beat.url, *shell(script)))[0] == status
        assert beat.paths[-1] == f"/ping/secret-token/{status}"


async def test_a_command_that_cannot_run_is_a_failure_too(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_text("no program")
    async with heartbeat() as beat:
        status, _, err = await run(beat.url, "--", "/nothing/here")
        assert status == 127 and b"command not found" in err
        assert (await run(beat.url, "--", str(plain)))[0] == 126
        assert beat.paths[1::2] == ["/ping/secret-token/127", "/ping/secret-token/126"]
        assert b"command not found" in beat.requests[1].body


async def test_the_end_of_a_long_output_is_kept_and_all_of_it_passes_through() -> None:
    async with heartbeat() as beat:
        script = "head -c 30000000 /dev/zero; printf '\\377THE END'"
        status, out, _ = await run(beat.url, *shell(script))
        assert (status, len(out)) == (0, 30_000_008)
        body = beat.requests[-1].body
        assert len(body) == 100_000 and body.endswith(b"\xffTHE END")


async def test_a_slow_start_never_comes_after_the_end() -> None:
    async with heartbeat() as beat:
        beat.wait = lambda request: 0.5 if request.path.endswith("/start") else 0.0
        assert (await run(beat.url, *shell("true")))[0] == 0
        assert beat.paths == ["/ping/secret-token/start", "/ping/secret-token/0"]


async def test_the_command_does_not_wait_for_the_start() -> None:
    async with heartbeat() as beat:
        beat.wait = lambda request: 4.0 if request.path.endswith("/start") else 0.0
        process = await start(beat.url, *shell("echo now"))
        assert process.stdout is not None
        began = time.monotonic()
        assert await process.stdout.readline() == b"now\n"
        assert time.monotonic() - began < 3.9
        await process.communicate()


async def test_what_may_help_is_tried_again() -> None:
    async with heartbeat() as beat:
        beat.answers = lambda request, number: "503 Unavailable\r\nRetry-After: 1" if number == 1 else "200 OK"
        assert (await run(beat.url))[0] == 0
        assert beat.paths == ["/ping/secret-token"] * 2


@pytest.mark.parametrize("answer", ["404 Not Found", "400 Bad Request", "302 Found\r\nLocation: /elsewhere"])
async def test_what_cannot_help_is_not_tried_again_and_told_without_the_token(answer: str) -> None:
    async with heartbeat() as beat:
        beat.answers = lambda request, number: answer
        status, _, err = await run(beat.url)
        assert status == 1 and len(beat.requests) == 1
        assert f"it answers {answer[:3]}".encode() in err and b"secret-token" not in err


async def test_nobody_there_and_the_command_s_exit_status_stays() -> None:
    status, out, err = await run("http://127.0.0.1:1/ping/secret-token", "--retries", "0", *shell("echo hi; exit 4"))
    assert (status, out) == (4, b"hi\n")
    assert err.count(b"asura ping: http://127.0.0.1:1/") == 2 and b"secret-token" not in err


async def test_a_signal_is_passed_on_and_the_end_is_still_told() -> None:
    async with heartbeat() as beat:
        process = await start(beat.url, *shell("trap 'exit 9' TERM; echo ready; while :; do sleep 0.05; done"))
        assert process.stdout is not None
        await process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        await process.communicate()
        assert process.returncode == 9
        assert beat.paths[-1] == "/ping/secret-token/9"


@pytest.mark.parametrize(
    ("options", "path", "body"),
    [
        ((), "", b""),
        (("--fail", "--message", "disk full"), "/fail", b"disk full"),
        (("--start",), "/start", b""),
        (("--log", "--message", "half way"), "/log", b"half way"),
        (("--exit-status", "7"), "/7", b""),
    ],
)
async def test_one_ping_without_a_command(options: tuple[str, ...], path: str, body: bytes) -> None:
    async with heartbeat() as beat:
        assert (await run(beat.url, *options))[0] == 0
        [request] = beat.requests
        assert (request.path, request.body, request.query) == (f"/ping/secret-token{path}", body, {})


async def test_the_output_can_be_kept_at_home_and_the_start_left_out() -> None:
    async with heartbeat() as beat:
        status, out, _ = await run(beat.url, "--no-output", "--no-start", *shell("echo secret"))
        assert (status, out) == (0, b"secret\n")
        assert [(request.path, request.body) for request in beat.requests] == [("/ping/secret-token/0", b"")]


@pytest.mark.parametrize(
    "arguments", [(), ("ftp://x/y",), ("nonsense",), ("http://",), ("http://h/x", "--fail", "--", "true")]
)
async def test_wrong_use_is_2_and_says_why(arguments: tuple[str, ...]) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "ASURA_PING_URL"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "asura", "ping", *arguments, env=environment, stderr=asyncio.subprocess.PIPE
    )
    _, err = await process.communicate()
    assert process.returncode == 2 and b"Error:" in err


@pytest.mark.parametrize(
    ("url", "word", "expected"),
    [
        ("http://h/ping/x", "start", "http://h/ping/x/start?rid=R"),
        ("http://h/ping/x/", "", "http://h/ping/x?rid=R"),
        ("https://u:p@h:8443/b/ping/k/s?create=1", "3", "https://u:p@h:8443/b/ping/k/s/3?create=1&rid=R"),
        ("http://h/x?a=&b=%20c#frag", "fail", "http://h/x/fail?a=&b=+c&rid=R"),
    ],
)
def test_addresses_of_signals(url: str, word: str, expected: str) -> None:
    assert Address(url, "R").signal(word) == expected
    assert Address("http://u:p@h:1/t", "", True).signal("log") == "http://u:p@h:1/t/log?create=1"
    assert Address("http://u:p@h:1/t").shown == "http://h:1/…"


def test_a_tail_keeps_the_last_bytes_in_bounded_memory() -> None:
    tail = Tail(10)
    for piece in (b"abc", b"defgh", b"", b"ijklmnop", b"q"):
        tail.add(piece)
    assert tail.text() == b"hijklmnopq"
    assert Tail(5).text() == b""


async def test_it_starts_without_what_it_does_not_need() -> None:
    script = (
        "import sys; from asura.cli import ping, ping_run; print([m for m in sys.modules if m.startswith('asura')])"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    assert not {"engine", "store", "web", "checks"} & {name.split(".")[1] for name in eval(out) if "." in name}
