"""The commands of the pages about operating, run as they stand there against a running asura."""

import asyncio
import json
import os
import re
import subprocess
import sys
from pathlib import Path

from tests.process import KEY, Asura, asura

ROOT = Path(__file__).resolve().parents[1]
MONITORING, LOGGING, RUNBOOK = (
    (ROOT / "docs" / "operating" / name).read_text("utf-8") for name in ("monitoring.md", "logging.md", "runbook.md")
)


def snippets(page: str) -> list[str]:
    found: list[str] = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    return found


async def shell(program: Asura, snippet: str) -> tuple[int, str]:
    """Return exit status and output of a snippet on a machine with asura on its path."""
    tool = program.folder / "bin" / "asura"
    tool.parent.mkdir(exist_ok=True)
    tool.write_text(f'#!/bin/sh\nexec {sys.executable} -m asura "$@"\n')
    tool.chmod(0o755)
    variables = {
        "PATH": f"{tool.parent}:/usr/local/bin:/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "ASURA_API_KEY": KEY,
        "ASURA_CONFIG": str(program.config),
        "ASURA_DATA": str(program.data),
        "ASURA_LISTEN": f"127.0.0.1:{program.port}",
    }
    text = snippet.replace("http://127.0.0.1:8090", program.url)
    done = await asyncio.to_thread(
        subprocess.run, ["/bin/sh", "-ec", text], cwd=program.folder, env=variables, capture_output=True, text=True
    )
    return done.returncode, done.stdout + (done.stderr if done.returncode else "")


async def test_the_commands_do_what_the_pages_say(tmp_path: Path) -> None:
    life, other, ready, doctor, key = snippets(MONITORING)
    async with asura(tmp_path, config="logging: {format: json}\n") as program:
        assert (await shell(program, life.replace("https://hc-ping.com/YOUR-UUID", "http://127.0.0.1:9/")))[0] == 0
        status, made = await shell(program, other)
        assert status == 0, made
        ping_url = json.loads(made)["heartbeat"]["ping_url"]
        assert (await program.http.get(ping_url)).status_code == 200
        assert '"status":"ok"' in (await shell(program, ready))[1]
        # A heartbeat of the doctor's: its exit status is what counts.
        status, said = await shell(program, doctor.replace("TOKEN", ping_url.rpartition("/")[2]))
        assert status in (0, 1), said
        assert "parts do their work" in said
        monitor = json.loads(made)["id"]
        pings = (await program.get(f"/monitors/{monitor}/pings"))["data"]
        assert pings[0]["exit_status"] == status
        status, made = await shell(program, key)
        assert status == 0, made
        narrow = {"X-API-Key": made.strip()}
        assert (await program.http.get(f"{program.url}/metrics", headers=narrow)).status_code == 200
        assert (await program.http.get("/overview", headers=narrow)).status_code == 403
        assert await explained(program)
        await logged(program)


async def explained(program: Asura) -> bool:
    """Have an outage, and ask why who was told of it."""
    (explain,) = [one for one in snippets(RUNBOOK) if "explain" in one]
    body = {"name": "Gone", "type": "tcp", "target": "127.0.0.1:9", "retries": 0, "failure_threshold": 1}
    made = await program.post("/monitors", body)
    for _ in range(300):
        found = (await program.http.get(f"/incidents?monitor_id={made['id']}&status=open")).json()["data"]
        if found:
            number = found[0]["id"]
            status, said = await shell(program, explain.replace("/incidents/1/", f"/incidents/{number}/"))
            return status == 0 and "data" in json.loads(said)
        await asyncio.sleep(0.1)
    return False


async def logged(program: Asura) -> None:
    """See that a line of the log has what the page shows, and is found by the id of its request."""
    answer = await program.http.get("/overview")
    rows = [json.loads(line) for line in program.log.read_text().splitlines() if line.startswith("{")]
    (mine,) = [row for row in rows if row.get("request_id") == answer.headers["x-request-id"]]
    (shown,) = re.findall(r"```json\n(.*?)```", LOGGING, re.DOTALL)
    assert mine.keys() == json.loads(shown).keys()
    assert mine["message"] == json.loads(shown)["message"]
    assert os.linesep not in mine["message"]
