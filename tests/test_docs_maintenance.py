"""What docs/maintenance.md says, run as it stands there against a running asura."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.process import KEY, Asura, asura

pytestmark = pytest.mark.faults
PAGE = Path(__file__).resolve().parents[1] / "docs" / "maintenance.md"


def snippets() -> list[str]:
    found: list[str] = re.findall(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    return found


def run(program: Asura, snippet: str, key: str, folder: Path) -> str:
    command = snippet.replace("http://127.0.0.1:8090", program.url)
    environment = {"ASURA_API_KEY": KEY, "ASURA_MAINTENANCE_KEY": key, "PATH": "/usr/local/bin:/usr/bin:/bin"}
    ran = subprocess.run(
        ["/bin/sh", "-ec", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


async def windows(program: Asura) -> list[dict[str, Any]]:
    return list((await program.get("/maintenance"))["data"])


async def test_a_deploy_and_what_is_planned_ahead_work_as_the_page_says(tmp_path: Path) -> None:
    at_once, make_key, careful, early, once, again = snippets()
    async with asura(tmp_path) as program:
        quiet = {"type": "heartbeat", "interval": 86_400}
        await program.post("/monitors", {"name": "Shop", "slug": "shop", "tags": ["deploy"], **quiet})
        await program.post("/monitors", {"name": "Box", "group": "Servers", **quiet})
        (key,) = re.findall(r'"key":"([^"]+)"', run(program, make_key, "", tmp_path))
        run(program, at_once, key, tmp_path)
        assert (await program.get("/monitors/shop"))["status"] == "maintenance"
        await program.post(f"/maintenance/{(await windows(program))[0]['id']}/end")
        run(program, careful, key, tmp_path)
        await program.post(f"/maintenance/{(await windows(program))[0]['id']}/end")
        with pytest.raises(AssertionError, match="No monitor has the tag deployed"):
            run(program, careful.replace("tag=deploy", "tag=deployed"), key, tmp_path)
        await program.post(f"/maintenance/{(await windows(program))[0]['id']}/end")
        run(program, early, key, tmp_path)
        assert (await program.get("/monitors/shop"))["status"] == "pending"
        run(program, once, key, tmp_path)
        run(program, again, key, tmp_path)
        patches, disks, deploy, _, _, first = await windows(program)
        assert (patches["rrule"], disks["monitors"], deploy["name"]) == (
            "FREQ=MONTHLY;BYDAY=2TU;BYHOUR=3;BYMINUTE=0",
            [1],
            "Deploy",
        )
        assert not (first["active"] or deploy["active"])
