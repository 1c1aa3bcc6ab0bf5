"""Incidents with their events and evidence, and the pages of them."""

from pathlib import Path

import msgspec
import pytest

from asura.domain.incident import Event, EventType, Incident, IncidentStatus
from asura.domain.result import AssertionOutcome, Certificate, Evidence
from asura.domain.status import Finding
from asura.errors import Invalid, NotFound
from asura.store import incidents
from asura.store.db import Store
from tests.store.kit import START, after, incident, opened


async def save(store: Store, one: Incident) -> Incident:
    return await store.write(lambda db: incidents.save(db, one))


async def test_an_incident_comes_back_through_all_its_life(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        made = await save(store, incident(7, 3, regions=("eu-west", "local"), message="refused"))
        assert made.id == 1
        acknowledged = msgspec.structs.replace(
            made,
            monitor_ids=(3, 9),
            status=IncidentStatus.ACKNOWLEDGED,
            severity="warning",
            acknowledged_at=after(minutes=5),
            acknowledged_by="ann",
            snoozed_until=after(hours=1),
            next_reminder_at=after(hours=2),
        )
        await save(store, acknowledged)
        assert await store.write(incidents.load_active) == [acknowledged]
        resolved = msgspec.structs.replace(
            acknowledged, status=IncidentStatus.RESOLVED, resolved_at=after(hours=3), resolved_by="bob"
        )
        await save(store, resolved)
        assert await store.write(incidents.load_active) == []
        async with store.read() as reader:
            assert await incidents.get(reader, made.id) == resolved
            assert await incidents.get(reader, 99) is None
        with pytest.raises(NotFound):
            await save(store, msgspec.structs.replace(made, id=99))


async def test_events_and_evidence_come_back_in_order(tmp_path: Path) -> None:
    certificate = Certificate("CN=a", "CN=b", ("a",), START, after(days=9), 9.0, "ff")
    seen = Evidence(
        address="10.0.0.1",
        certificates=(certificate,),
        assertions=(AssertionOutcome("status in 200", False, Finding.DOWN, "was 503"),),
        facts={"odd": "\ud800", "nan": float("nan")},
    )
    async with opened(tmp_path) as store:
        made = await save(store, incident(7))
        first = Event(incident_id=made.id, at=START, type=EventType.OPENED, reason="threshold", detail={"n": [1, "é"]})
        second = Event(incident_id=made.id, at=after(minutes=1), type=EventType.NOTED, reason="note", actor="ann")
        stored = [await store.write(lambda db, e=e: incidents.add_event(db, e)) for e in (first, second)]
        for region, evidence in (("local", seen), ("eu-west", None)):
            await store.write(
                lambda db, r=region, e=evidence: incidents.save_evidence(
                    db, made.id, r, START, Finding.DOWN, "http_status", "answered 503 \udc80", e
                )
            )
        async with store.read() as reader:
            assert await incidents.events(reader, made.id) == stored
            assert [one.id for one in stored] == [1, 2]
            local, europe = await incidents.evidence(reader, made.id)
        assert (local.region, local.at, local.finding, local.message) == (
            "local",
            START,
            Finding.DOWN,
            "answered 503 ?",
        )
        assert local.evidence == msgspec.structs.replace(seen, facts={"odd": "?", "nan": None})
        assert europe.evidence is None


async def test_pages_are_filtered_and_continue(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        made = []
        for n in range(12):
            one = incident(n % 3, started_at=after(hours=n))
            if n % 4 == 0:
                one = msgspec.structs.replace(
                    one, status=IncidentStatus.RESOLVED, resolved_at=after(hours=n, minutes=30)
                )
            if n % 4 == 1:
                one = msgspec.structs.replace(one, status=IncidentStatus.ACKNOWLEDGED)
            made.append(await save(store, one))

        async def ids(**wanted: object) -> list[int]:
            found: list[int] = []
            cursor = None
            while True:
                async with store.read() as reader:
                    page, cursor = await incidents.page(reader, cursor=cursor, limit=2, **wanted)
                found += [one.id for one in page]
                if cursor is None:
                    return found

        def expected(keep) -> list[int]:
            return [one.id for n, one in reversed(list(enumerate(made))) if keep(n)]

        assert await ids() == expected(lambda n: True)
        assert await ids(statuses=[IncidentStatus.RESOLVED]) == expected(lambda n: n % 4 == 0)
        assert await ids(statuses=[IncidentStatus.OPEN]) == expected(lambda n: n % 4 > 1)
        either = [IncidentStatus.ACKNOWLEDGED, IncidentStatus.RESOLVED]
        assert await ids(statuses=either) == expected(lambda n: n % 4 < 2)
        assert await ids(monitor_id=1) == expected(lambda n: n % 3 == 1)
        assert await ids(monitor_id=1, statuses=[IncidentStatus.OPEN]) == expected(lambda n: n % 3 == 1 and n % 4 > 1)
        # It lasted into the window: begun before its end, and not over at its begin.
        assert await ids(to_at=after(hours=3)) == expected(lambda n: n < 3)
        assert await ids(from_at=after(hours=4, minutes=30)) == expected(lambda n: n not in (0, 4))
        async with store.read() as reader:
            with pytest.raises(Invalid, match="cursor"):
                await incidents.page(reader, cursor="nonsense")
