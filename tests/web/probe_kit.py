"""A process of a probe as tests speak for it, and a monitor for it to check."""

import gzip
import time
from typing import Any

import httpx2
import msgspec

from asura.domain import wire
from asura.domain.reason import Reason
from asura.domain.status import Finding
from tests.web.harness import V1, Asura, monitor

MONITORS, RESULTS = f"{V1}/internal/monitors", f"{V1}/internal/results"
SECRET = "canary-17"
HTTP = monitor(
    name="Site",
    type="http",
    target="http://127.0.0.1:9/",
    settings={"secret_headers": {"X-Token": SECRET}},
    enabled=True,
    interval=3600,
    regions=["eu"],
)


class Probe:
    """One process of a probe that speaks to an asura."""

    def __init__(self, site: Asura, client: httpx2.AsyncClient, key: str, *, boot: str = "b0070001") -> None:
        self.site = site
        self.client = client
        self.key = {"Authorization": f"Bearer {key}"}
        self.boot = boot
        self.seq = 0

    async def ask(self, since: str = "", *, wait: int = 0, **query: Any) -> httpx2.Response:
        """Ask for its monitors."""
        asked = {"boot": self.boot, "version": "1.0", **query} | ({"since": since} if since else {})
        return await self.client.get(MONITORS, params={**asked, "wait": wait}, headers=self.key)

    async def assigned(self, since: str = "", **query: Any) -> wire.Assigned:
        """Return what it is to check."""
        answer = await self.ask(since, **query)
        assert answer.status_code == 200, answer.text
        return wire.read(answer.content, wire.Assigned)

    def batch(self, *findings: wire.Finding) -> wire.Batch:
        """Return the next batch."""
        self.seq += 1
        return wire.Batch(boot=self.boot, seq=self.seq, results=findings)

    async def send(self, body: bytes, *, packed: bool = True, **headers: str) -> httpx2.Response:
        """Deliver bytes."""
        coding = {"Content-Encoding": "gzip"} if packed else {}
        known = {"Content-Type": "application/json", wire.SENT_AT: f"{time.time():.3f}", **coding}
        return await self.client.post(RESULTS, content=body, headers=self.key | known | headers)

    async def deliver(self, *findings: wire.Finding) -> wire.Taken:
        """Deliver a batch of findings."""
        answer = await self.send(gzip.compress(msgspec.json.encode(self.batch(*findings))))
        assert answer.status_code == 200, answer.text
        return wire.read(answer.content, wire.Taken)


async def probe_of(site: Asura, client: httpx2.AsyncClient, region: str = "eu", **more: str) -> Probe:
    _, key = await site.engine.probes.create(region, "", by="admin")
    return Probe(site, client, key, **more)


def finding(assignment: wire.Assignment, seen: Finding = Finding.UP, **more: Any) -> wire.Finding:
    reason = Reason.OK if seen is Finding.UP else Reason.CONNECT_REFUSED
    return wire.Finding(
        assignment.id, assignment.generation, round(time.time() * 1000), int(seen), reason.value, **more
    )
