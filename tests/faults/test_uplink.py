"""Our own uplink or resolver dies: what we cannot see is unknown, and only what is really dead is told."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import Any

import dns.message
import dns.rdatatype
import dns.rrset
import pytest

from tests import targets
from tests.namespaces import GATEWAY, TARGET_ADDRESS, TwoMachines, two_machines, with_resolver
from tests.process import AUTH, SURROUNDINGS, Asura, Target, asura, eventually, until
from tests.process import target as listening

pytestmark = pytest.mark.faults

PORT = 8080
# Loopback may carry messages; the gateway and the resolver are asked as they are by default.
BASE = SURROUNDINGS.replace("canaries: []", "canaries: [gateway, resolver]") + AUTH
BODY = {"type": "http", "interval": 5, "timeout": 1.5, "retries": 0, "failure_threshold": 1}
BY_ADDRESS, BY_NAME = 3, 2


class NameServer(asyncio.DatagramProtocol):
    """Knows one address for every name; `deaf` does not answer."""

    def __init__(self) -> None:
        self.deaf = False

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        if self.deaf:
            return
        query = dns.message.from_wire(data)
        answer = dns.message.make_response(query)
        question = query.question[0]
        if question.rdtype == dns.rdatatype.A:
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", "A", TARGET_ADDRESS))
        self.transport.sendto(answer.to_wire(), addr)


class Home:
    """asura behind a gateway, with everything that it watches and tells."""

    def __init__(self, machines: TwoMachines, names: NameServer, program: Asura, hook: Target) -> None:
        self.machines = machines
        self.names = names
        self.program = program
        self.hook = hook

    async def status(self, slug_part: str = "") -> set[tuple[str, str]]:
        """Return status and reason of the monitors with a part in their slug."""
        rows = (await self.program.get("/overview"))["monitors"]
        return {(row["status"], row["reason"]) for row in rows if slug_part in row["slug"]}

    async def become(self, *wanted: tuple[str, str], slug_part: str = "", within: float = 12) -> None:
        """Wait until every such monitor has a status and reason that is wanted."""

        async def reached() -> bool:
            return await self.status(slug_part) <= set(wanted)

        try:
            await eventually(reached, within=within, what=f"{slug_part} {wanted}")
        except AssertionError as error:
            raise AssertionError(
                f"{error}; but {await self.status()}\n{self.program.log.read_text()[-2000:]}"
            ) from None

    async def nobody_is_told(self) -> None:
        """Fail when there is or was an incident, or any message."""
        assert (await self.program.get("/incidents"))["data"] == []
        assert self.hook.calls == []


@asynccontextmanager
async def _home(folder: Path) -> AsyncIterator[Home]:
    async with AsyncExitStack() as stack:
        machines = stack.enter_context(two_machines())
        loop = asyncio.get_running_loop()
        shop = await asyncio.start_server(_answer, sock=machines.listener(TARGET_ADDRESS, PORT))
        stack.callback(shop.close)
        port_53 = machines.listener(GATEWAY, 53, targets.socket.SOCK_DGRAM)
        transport, names = await loop.create_datagram_endpoint(NameServer, sock=port_53)
        stack.callback(transport.close)
        hook = await stack.enter_async_context(listening())
        prefix = with_resolver(folder, GATEWAY)
        program = await stack.enter_async_context(asura(folder, base=BASE, prefix=prefix))
        home = Home(machines, names, program, hook)
        await _watch(home)
        yield home


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await targets.read_request(reader)
    await targets.answering()(reader, writer, b"")
    writer.close()


async def _watch(home: Home) -> None:
    settings = {"url": f"http://127.0.0.1:{home.hook.port}/hook"}
    channel = {"name": "hook", "type": "webhook", "default": True, "settings": settings}
    await home.program.post("/channels", channel)
    hosts = {f"address {n}": TARGET_ADDRESS for n in range(BY_ADDRESS)}
    hosts |= {f"name {n}": f"shop{n}.zone{n}.test" for n in range(BY_NAME)}
    for name, host in hosts.items():
        await home.program.post("/monitors", {**BODY, "name": name, "target": f"http://{host}:{PORT}/"})
    await home.become(("up", "ok"))
    # The canaries have a vote only after they have answered once; they are asked at the start, and every 10 s.
    await until(lambda: _canaries_that_answered(home.program) == 2, within=12, what="both canaries have answered")
    assert (await home.program.metrics())["blind"] == 0


def _canaries_that_answered(program: Asura) -> int:
    with closing(sqlite3.connect(f"file:{program.data / 'asura.db'}?mode=ro", uri=True)) as db:
        row = db.execute("SELECT value FROM meta WHERE key = 'canaries_answered'").fetchone()
    return len(json.loads(row[0])) if row else 0


async def test_a_dead_uplink_is_nobodys_outage_and_a_dead_target_is_one(tmp_path: Path) -> None:
    async with _home(tmp_path) as home:
        home.machines.pull_the_cable()
        await home.become(("unknown", "own_network"))
        assert (await home.program.metrics())["blind"] == 1
        await asyncio.sleep(2)
        await home.nobody_is_told()

        home.machines.plug_it_in()
        await home.become(("up", "ok"))
        await home.nobody_is_told()
        await _one_gap_is_shown(home)

        home.machines.take_the_target_away()
        await until(lambda: len(home.hook.calls) == BY_ADDRESS + BY_NAME, within=12, what="the outage")
        incidents = (await home.program.get("/incidents?status=open"))["data"]
        assert {one["cause"] for one in incidents} == {"connect_timeout"}
        assert (await home.program.metrics())["blind"] == 0


async def _one_gap_is_shown(home: Home) -> None:
    gaps = set()
    for row in (await home.program.get("/overview"))["monitors"]:
        spans = (await home.program.get(f"/monitors/{row['id']}/spans"))["data"]
        assert [span["status"] for span in spans if span["status"] != "pending"] == ["up", "unknown", "up"]
        gaps |= {(span["from"], span["to"], span["reason"]) for span in spans if span["status"] == "unknown"}
    assert len(gaps) == 1, "one gap of ours, the same for everybody"


@pytest.mark.parametrize("deaf", [True, False], ids=["silent", "closed"])
async def test_a_dead_resolver_hides_names_and_nothing_else(tmp_path: Path, deaf: bool) -> None:
    async with _home(tmp_path) as home:
        home.names.deaf = deaf
        if not deaf:
            home.names.transport.close()
        # Names that were looked up a moment ago are known for a while: others stand for what is asked next.
        for number in range(BY_NAME):
            target = f"http://other{number}.zone{number}.test:{PORT}/"
            answer = await home.program.http.patch(f"/monitors/name-{number}", json={"target": target})
            assert answer.status_code == 200
        await home.become(("unknown", "own_resolver"), slug_part="name")
        before = (await home.program.metrics())["checks_processed_total"]
        await eventually(lambda: _processed(home, before + BY_ADDRESS + BY_NAME), within=12, what="checks go on")
        assert await home.status("address") == {("up", "ok")}, "what needs no name is still seen"
        await home.nobody_is_told()

        if deaf:
            home.names.deaf = False
            await home.become(("up", "ok"))
            await asyncio.sleep(1)
            await home.nobody_is_told()


async def _processed(home: Home, count: float) -> bool:
    return (await home.program.metrics())["checks_processed_total"] >= count
