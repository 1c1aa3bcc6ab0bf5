"""Bodies are not rows: no column of the store can be set by naming it, unless the document declares it as a field."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2

from asura.web.route import PROBE
from tests.web.harness import PASSWORD, V1, Asura, asura, channel, monitor
from tests.web.test_matrix import Operation, operations

# An answer names this many faults at most; those of required fields come beside.
AT_ONCE = 50


def columns(site: Asura) -> set[str]:
    """Return the name of every column of every table."""
    with closing(sqlite3.connect(f"file:{site.engine.store.path}?mode=ro", uri=True)) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {row[1] for table in tables for row in db.execute(f"PRAGMA table_info({table})")}


def declared(document: dict[str, Any], operation: Operation) -> set[str]:
    """Return the fields that the document gives the body of an operation."""
    body = operation.told.get("requestBody")
    if body is None:
        return set()
    schema = body["content"]["application/json"]["schema"]
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return set(schema.get("properties", {}))


async def things(site: Asura, admin: httpx2.AsyncClient) -> dict[str, int]:
    """Make one of everything that has an id, and return the ids by the first word of its address."""
    beat = {"name": "Job", "type": "heartbeat", "interval": 3600, "grace": 300}
    await admin.post(f"{V1}/channels", json=channel())
    ids = {"channels": 1, "incidents": 1, "notifications": 1}
    broken = monitor(enabled=True, failure_threshold=1, retries=0)
    ids["monitors"] = (await admin.post(f"{V1}/monitors", json=broken)).json()["id"]
    assert (await admin.post(f"{V1}/monitors/{ids['monitors']}/check-now")).json()["status"] == "down"
    ids["heartbeat"] = (await admin.post(f"{V1}/monitors", json=beat)).json()["id"]
    window = {"name": "Database", "tags": ["*"], "duration_s": 600}
    ids["maintenance"] = (await admin.post(f"{V1}/maintenance", json=window)).json()["id"]
    page = (await admin.post(f"{V1}/status-pages", json={"title": "Shop"})).json()["id"]
    post = (await admin.post(f"{V1}/status-pages/{page}/incidents", json={"title": "Slow", "text": "We look."})).json()
    ids |= {"status-pages": page, "{n}": post["id"], "{u}": post["updates"][0]["id"]}
    ids["probes"] = (await admin.post(f"{V1}/probes", json={"region": "eu"})).json()["id"]
    ids["users"] = (await site.engine.users.create("bob", role="viewer", password=PASSWORD)).id
    return ids


def address(operation: Operation, ids: dict[str, int]) -> str:
    kind = "heartbeat" if "/heartbeat/" in operation.path else operation.path.removeprefix(f"{V1}/").partition("/")[0]
    path = operation.path.replace("{id}", str(ids.get(kind, 1)))
    for part in ("{n}", "{u}"):
        path = path.replace(part, str(ids.get(part, 1)))
    return path


def chunks(names: set[str]) -> Iterator[list[str]]:
    ordered = sorted(names)
    yield from (ordered[start : start + AT_ONCE] for start in range(0, len(ordered), AT_ONCE))


async def test_no_column_can_be_set_that_is_no_field(tmp_path: Path) -> None:
    taken: list[str] = []
    async with asura(tmp_path) as site, site.session("admin") as admin:
        ids = await things(site, admin)
        document, named = (await admin.get(f"{V1}/openapi.json")).json(), columns(site)
        asked = [one for one in await operations(site) if one.method in {"POST", "PUT", "PATCH"} and not one.of_pings]
        # Between probe and primary unknown fields are passed over, so that versions can differ.
        asked = [one for one in asked if one.told.get("x-role") != PROBE]
        for operation in asked:
            for names in chunks(named - declared(document, operation)):
                answer = await admin.request(
                    operation.method, address(operation, ids), json=dict.fromkeys(names, "injected")
                )
                refused = {error["path"] for error in answer.json().get("errors", [])}
                if answer.status_code != 422 or not refused.issuperset(names):
                    taken.append(f"{operation.name}: {answer.status_code}, took {sorted(set(names) - refused)}")
    assert len(named) > 60
    assert len(asked) > 25
    assert taken == []
