"""The clients that people already run, against the real program: crontab lines with curl, runitor, borgmatic."""

import asyncio
import shutil
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.process import Asura, asura

pytestmark = pytest.mark.faults

RID = "6f1c35b5-3a1b-4f0c-8d51-2d6b1d7b3e10"


async def raw(program: Asura, request: str, body: bytes = b"") -> tuple[int, str]:
    """Send one request as it is written and return the status and the text of the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", program.port)
    try:
        writer.write(request.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body)
        answer = (await reader.read()).decode()
    finally:
        writer.close()
    return int(answer.split(" ", 2)[1]), answer.rpartition("\r\n\r\n")[2]


async def heartbeat(program: Asura) -> dict[str, Any]:
    made: dict[str, Any] = await program.post("/monitors", {"name": "Backup", "type": "heartbeat", "interval": 3600})
    return made


async def kinds(program: Asura) -> list[tuple[str, int | None]]:
    rows = (await program.get("/monitors/backup/pings"))["data"]
    return [(row["kind"], row["exit_status"]) for row in reversed(rows)]


async def shell(command: str) -> int:
    process = await asyncio.create_subprocess_exec("/bin/sh", "-c", command)
    return await process.wait()


async def test_the_lines_of_a_crontab(tmp_path: Path) -> None:
    assert shutil.which("curl"), "curl is needed, as in every crontab"
    async with asura(tmp_path) as program:
        beat = (await heartbeat(program))["heartbeat"]
        url = f"{program.url}/ping/{beat['uuid']}"
        assert await shell(f"curl -fsS -m 10 --retry 5 -o /dev/null {url}") == 0
        assert await shell(f"true && curl -fsS -m 10 --retry 5 -o /dev/null {beat['ping_url']}") == 0
        assert await shell(f"false; curl -fsS -m 10 --retry 5 -o /dev/null {url}/$?") == 0
        assert await shell(f'm=$(echo out of space; exit 3); curl -fsS --data-raw "$m" -o /dev/null {url}/3') == 0
        assert await shell(f"curl -fsSI -o /dev/null {url}/start && wget -q -O /dev/null {url}") == 0
        assert (
            await shell(f"curl -fsS -m 10 -o /dev/null {program.url}/ping/00000000-0000-4000-8000-000000000000") == 22
        )
        expected = [("success", None), ("success", None), ("fail", 1), ("fail", 3), ("start", None), ("success", None)]
        assert await kinds(program) == expected
        async with asyncio.timeout(5):
            assert (await program.http.get("/monitors/backup/pings/4/body")).text == "out of space"


async def test_runitor_s_requests(tmp_path: Path) -> None:
    async with asura(tmp_path) as program:
        uuid = (await heartbeat(program))["heartbeat"]["uuid"]
        head = f"Host: 127.0.0.1:{program.port}\nUser-Agent: runitor/1.4.1\nAccept-Encoding: gzip\nConnection: close"
        start = f"POST /ping/{uuid}/start?rid={RID} HTTP/1.1\n{head}\nContent-Length: 0"
        assert await raw(program, start) == (200, "OK")
        output = b"restic: created new cache\nFatal: unable to open repository\n"
        end = f"POST /ping/{uuid}/1?rid={RID} HTTP/1.1\n{head}\nContent-Length: {len(output)}\nContent-Type: text/plain"
        assert await raw(program, end, output) == (200, "OK")
        assert await kinds(program) == [("start", None), ("fail", 1)]
        [row, _] = (await program.get("/monitors/backup/pings"))["data"]
        assert row["duration_s"] is not None and row["user_agent"] == "runitor/1.4.1"
        shown = await program.get("/monitors/backup")
        assert shown["status_message"] == "The job failed with exit status 1: Fatal: unable to open repository"


async def test_borgmatic_s_requests(tmp_path: Path) -> None:
    async with asura(tmp_path) as program:
        beat = (await heartbeat(program))["heartbeat"]
        key = (await program.get("/heartbeat-key"))["ping_key"]
        agent = "borgmatic/1.9.14"
        log = ("Ünïcode output\n" * 9_000).encode()[:100_000]

        async def post(path: str, body: bytes = b"") -> tuple[int, str]:
            head = f"Host: x\nUser-Agent: {agent}\nAccept: */*\nConnection: close\nContent-Length: {len(body)}"
            return await raw(program, f"POST {path} HTTP/1.1\n{head}", body)

        assert await post(f"/ping/{beat['uuid']}/start") == (200, "OK")
        assert await post(f"/ping/{beat['uuid']}/log", log) == (200, "OK")
        assert await post(f"/ping/{beat['uuid']}", log) == (200, "OK")
        assert await post(f"/ping/{beat['uuid']}/fail", b"boom") == (200, "OK")
        assert await kinds(program) == [("start", None), ("log", None), ("success", None), ("fail", None)]
        assert (await program.http.get("/monitors/backup/pings/3/body")).content == log
        assert await post(f"/ping/{key}/borg/start?create=1") == (201, "Created")
        assert await post(f"/ping/{key}/borg?create=1") == (200, "OK")


async def test_asura_s_own_runner(tmp_path: Path) -> None:
    async with asura(tmp_path) as program:
        url = (await heartbeat(program))["heartbeat"]["ping_url"]
        command = f"{sys.executable} -m asura ping {url} -- /bin/sh -c 'echo working; exit 7'"
        assert await shell(command) == 7
        assert await kinds(program) == [("start", None), ("fail", 7)]
        assert (await program.http.get("/monitors/backup/pings/2/body")).text == "working\n"


async def test_a_body_that_never_ends_and_one_that_breaks_off(tmp_path: Path) -> None:
    async with asura(tmp_path) as program:
        token = (await heartbeat(program))["heartbeat"]["token"]
        path = f"/api/v1/heartbeat/{token}"
        _, writer = await asyncio.open_connection("127.0.0.1", program.port)
        writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf".encode())
        await writer.drain()
        writer.close()
        chunked = f"POST {path} HTTP/1.1\nHost: x\nConnection: close\nTransfer-Encoding: chunked"
        assert await raw(program, chunked, b"5\r\nhello\r\n0\r\n\r\n") == (200, "OK")
        assert await kinds(program) == [("success", None)]
        assert (await program.http.get("/monitors/backup/pings/1/body")).text == "hello"


async def test_silence_is_noticed_within_a_second_of_the_end_of_grace(tmp_path: Path) -> None:
    async with asura(tmp_path) as program:
        body = {"name": "Backup", "type": "heartbeat", "interval": 5, "grace": 1}
        made = await program.post("/monitors", body)
        assert await shell(f"curl -fsS -o /dev/null {made['heartbeat']['ping_url']}") == 0
        async with asyncio.timeout(15):
            while not (found := (await program.get("/incidents"))["data"]):
                await asyncio.sleep(0.05)
        started, detected = (datetime.fromisoformat(found[0][name]) for name in ("started_at", "detected_at"))
        assert 0 <= (detected - started).total_seconds() < 1
