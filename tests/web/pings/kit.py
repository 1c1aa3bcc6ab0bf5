"""Heartbeats behind HTTP for tests of the forms in which jobs call in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx2

from tests.web.harness import V1, Asura, asura


class Job(NamedTuple):
    """One heartbeat, its addresses, and the two who talk to asura: its editor, and the job."""

    site: Asura
    editor: httpx2.AsyncClient
    job: httpx2.AsyncClient
    id: int
    token: str
    uuid: str

    async def pings(self) -> list[dict[str, Any]]:
        """Return the pings in the log, newest first."""
        rows: list[dict[str, Any]] = (await self.editor.get(f"{V1}/monitors/{self.id}/pings")).json()["data"]
        return rows

    async def kinds(self) -> list[str]:
        """Return what the pings said, oldest first."""
        return [row["kind"] for row in reversed(await self.pings())]

    async def show(self) -> dict[str, Any]:
        """Return the monitor."""
        shown: dict[str, Any] = (await self.editor.get(f"{V1}/monitors/{self.id}")).json()
        return shown


@asynccontextmanager
async def job(folder: Path, **more: Any) -> AsyncIterator[Job]:
    """Run asura with one heartbeat, called Nightly Backup, and a ping key that somebody has asked for."""
    fields = more.pop("fields", {})
    async with asura(folder, loops=True, **more) as site, site.client("editor") as editor, site.client(None) as nobody:
        await site.engine.pings.show_key()
        body = {"name": "Nightly Backup", "slug": "backup", "type": "heartbeat", "interval": 3600, **fields}
        answer = await editor.post(f"{V1}/monitors", json=body)
        assert answer.status_code == 201, answer.text
        made = answer.json()
        beat = made["heartbeat"]
        yield Job(site, editor, nobody, made["id"], beat["token"], beat["uuid"])


def same(answer: httpx2.Response) -> tuple[int, bytes, list[tuple[str, str]]]:
    """What may not differ between an unknown token and any other that cannot be pinged."""
    headers = sorted((name, value) for name, value in answer.headers.items() if name != "x-request-id")
    return answer.status_code, answer.content, headers
