"""Regions over HTTP: who speaks for each, what each says of a monitor, and why an incident began as it did."""

import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from asura.domain.consensus import Silence
from asura.domain.monitor import Monitor
from asura.domain.region import RegionRule
from asura.domain.result import Outcome
from asura.engine.options import EngineOptions, ProbeOptions
from asura.web.app import WebOptions, create_app
from tests.engine.kit import found
from tests.web.harness import V1, Asura, asura, monitor, paths_of
from tests.world import DOWN, START, UP, World, world

REGIONS = f"{V1}/regions"


@contextlib.asynccontextmanager
async def watching(w: World) -> AsyncIterator[httpx2.AsyncClient]:
    """Yield an admin's client of the site of a world."""
    app = create_app(w.engine, WebOptions(rate_limit_per_sec=0))
    _, key = await w.engine.keys.create("admin", "admin")
    transport = httpx2.ASGITransport(app=app)
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx2.AsyncClient(transport=transport, base_url="http://asura.test", headers=headers) as client:
        yield client


async def hear(w: World, stored: Monitor, **said: Outcome) -> None:
    """Let regions report what they found just now."""
    for region, outcome in said.items():
        w.engine.judge.offer(found(stored, outcome, at=w.clock.now(), region=region))
    await w.settle()


async def watched(w: World, **fields: Any) -> Monitor:
    """Return a shop that `local`, `eu` and `us` check, and that all of them saw well."""
    w.engine.live.know_regions(("eu", "us"))
    stored = await w.monitor(interval=60, retries=0, **fields)
    await hear(w, stored, eu=UP, us=UP)
    return stored


async def of_shop(client: httpx2.AsyncClient) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Return what the regions agree on, and what each says by its name."""
    answer = await client.get(f"{V1}/monitors/shop/regions")
    assert answer.status_code == 200, answer.text
    told = dict(answer.json())
    return told, {one["region"]: one for one in told.pop("regions")}


async def test_one_region_that_fails_is_shown_beside_those_that_do_not(tmp_path: Path) -> None:
    async with world(tmp_path) as w, watching(w) as client:
        stored = await watched(w)
        for _ in range(3):
            await w.advance(60)
            await hear(w, stored, eu=DOWN, us=UP)
        told, by_region = await of_shop(client)
        assert told == {
            "quorum": 2,
            "asked": 2,
            "needed": 2,
            "reason": "minority_failing",
            "sentence": "It fails from eu alone, 1 of 3; 2 have to agree.",
        }
        assert list(by_region) == ["local", "eu", "us"]
        eu, us = by_region["eu"], by_region["us"]
        assert (eu["status"], eu["votes"], eu["why"], us["status"]) == ("down", True, None, "up")
        assert eu["since"] == (START + timedelta(seconds=60)).isoformat(timespec="milliseconds")[:-6] + "Z"
        assert (eu["message"], eu["last_result"]["reason"]) == (DOWN.message, "connect_refused")
        # What was found in this very moment belongs to the next one.
        assert (eu["checks_24h"], us["checks_24h"], by_region["local"]["checks_24h"]) == (3, 3, 4)
        assert (us["uptime_24h_ratio"], by_region["local"]["uptime_24h_ratio"]) == (1, 1)
        assert eu["uptime_24h_ratio"] == pytest.approx(1 / 3, abs=0.01)
        assert us["p50_ms"] == us["p95_ms"] == pytest.approx(12.5, rel=0.05)
        rows = {one["region"]: one for one in (await client.get(REGIONS)).json()["data"]}
        assert {name: row["failing"] for name, row in rows.items()} == {"local": 0, "eu": 1, "us": 0}
        assert {name: len(row["failing_ids"]) for name, row in rows.items()} == {"local": 0, "eu": 1, "us": 0}
        assert {row["monitors"] for row in rows.values()} == {1}
        shown = (await client.get(f"{V1}/monitors/shop")).json()
        assert (shown["checked_from"], shown["region_warning"]) == (["local", "eu", "us"], None)


async def test_the_reason_of_an_incident_names_who_agreed_and_who_did_not(tmp_path: Path) -> None:
    async with world(tmp_path) as w, watching(w) as client:
        stored = await watched(w)
        for _ in range(2):
            await w.advance(60)
            await hear(w, stored, eu=DOWN, us=DOWN)
        told, _ = await of_shop(client)
        assert (told["reason"], told["sentence"]) == (
            "quorum_failing",
            "It fails from eu and us, 2 of 3; 2 had to agree.",
        )
        (incident,) = (await client.get(f"{V1}/incidents")).json()["data"]
        assert incident["regions"] == ["eu", "us"]
        rows = (await client.get(f"{V1}/incidents/1/explain")).json()["data"]
        sentence = "2 of 3 regions had to agree; eu and us saw it fail, local did not."
        assert [row["agreement"] for row in rows] == [sentence]
        assert rows[0]["detail"]["agreement"]["failing"] == ["eu", "us"]
        evidence = (await client.get(f"{V1}/incidents/1/evidence")).json()["data"]
        assert {one["region"]: one["status"] for one in evidence} == {"local": "up", "eu": "down", "us": "down"}
        await client.post(f"{V1}/incidents/1/note", json={"note": "looking"})
        rows = (await client.get(f"{V1}/incidents/1/explain")).json()["data"]
        assert rows[-1]["agreement"] is None


async def test_a_region_without_a_vote_says_why_and_claims_nothing(tmp_path: Path) -> None:
    async with world(tmp_path) as w, watching(w) as client:
        stored = await watched(w)
        await w.advance(60)
        await hear(w, stored, us=UP)
        w.engine.live.mute["eu"] = Silence.BLIND
        await w.advance(60)
        _, by_region = await of_shop(client)
        eu = by_region["eu"]
        assert (eu["status"], eu["since"], eu["votes"], eu["why"]) == ("unknown", None, False, "blind")
        assert eu["last_result"]["status"] == "up"
        rows = {one["region"]: (one["votes"], one["why"]) for one in (await client.get(REGIONS)).json()["data"]}
        assert rows == {"local": (True, None), "eu": (False, "blind"), "us": (True, None)}


async def test_where_one_region_checks_nothing_has_to_be_agreed_on(tmp_path: Path) -> None:
    async with world(tmp_path) as w, watching(w) as client:
        await w.monitor(interval=60)
        await w.advance(60)
        told, by_region = await of_shop(client)
        assert (told["quorum"], told["reason"], told["sentence"]) == (1, None, "local alone checks it.")
        local = by_region["local"]
        assert (local["status"], local["votes"], local["why"], local["checks_24h"]) == ("up", True, None, 2)
        assert (local["uptime_24h_ratio"], local["p50_ms"]) == (1, pytest.approx(12.5, rel=0.05))
        await client.post(f"{V1}/monitors/shop/pause")
        told, by_region = await of_shop(client)
        assert (told["sentence"], by_region["local"]["status"]) == ("It is paused: no region checks it.", "paused")


async def test_a_heartbeat_is_heard_by_asura_itself(tmp_path: Path) -> None:
    async with world(tmp_path) as w, watching(w) as client:
        w.engine.live.know_regions(("eu",))
        await w.heartbeat("shop")
        told, by_region = await of_shop(client)
        assert (told["quorum"], list(by_region)) == (1, ["local"])
        rows = (await client.get(REGIONS)).json()["data"]
        assert {row["monitors"] for row in rows} == {0}


async def test_regions_that_nobody_checks_from_are_told_of(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        await site.engine.probes.create("eu", "", by="admin")
        listed = await client.post(f"{V1}/monitors", json=monitor(regions=["local", "mars"]))
        assert (listed.json()["checked_from"], listed.json()["region_warning"]) == (
            ["local", "mars"],
            "No probe checks from mars: nobody sees it from there.",
        )
        assert (await client.post(f"{V1}/monitors", json=monitor())).json()["region_warning"] is None
        rows = {one["region"]: one for one in (await client.get(REGIONS)).json()["data"]}
        assert list(rows) == ["local", "eu"], "nobody asks anything of what is paused"
        assert (rows["eu"]["probes"], rows["eu"]["online"], rows["eu"]["why"]) == (1, 0, "offline")


async def test_without_checks_of_its_own_asura_is_no_region(tmp_path: Path) -> None:
    options = EngineOptions(probes=ProbeOptions(rule=RegionRule(local=False)))
    async with world(tmp_path, options) as w, watching(w) as client:
        await w.monitor()
        shown = (await client.get(f"{V1}/monitors/shop")).json()
        assert (shown["checked_from"], shown["region_warning"][:16]) == ([], "Nobody checks it")
        assert (await client.get(REGIONS)).json()["data"] == []
        told, by_region = await of_shop(client)
        assert (told["sentence"], by_region) == ("No region checks it.", {})


async def shown_to(site: Asura, path: str, **user: Any) -> httpx2.Response:
    async with site.session(**user) as client:
        return await client.get(path)


async def test_who_is_limited_to_tags_sees_the_figures_of_these_alone(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        for name, tags in (("Mine", ["eu"]), ("Theirs", ["us"])):
            await client.post(f"{V1}/monitors", json=monitor(name=name, tags=tags, enabled=True, interval=3600))
        limited: dict[str, Any] = {"role": "viewer", "name": "lim", "tags": ("eu",)}
        (row,) = (await shown_to(site, REGIONS, **limited)).json()["data"]
        assert (row["region"], row["monitors"]) == ("local", 1)
        assert (await client.get(REGIONS)).json()["data"][0]["monitors"] == 2
        assert (await shown_to(site, f"{V1}/monitors/1/regions", **limited)).status_code == 200
        assert (await shown_to(site, f"{V1}/monitors/2/regions", **limited)).status_code == 404
        assert (await client.get(f"{V1}/monitors/99/regions")).status_code == 404


@pytest.mark.parametrize(
    ("fields", "paths"),
    [
        ({"regions": ["eu west"]}, ("regions[0]",)),
        ({"regions": ["local", "-", "a/b"]}, ("regions[1]", "regions[2]")),
        ({"regions": ["x" * 65]}, ("regions[0]",)),
        ({"regions": ["local", "eu"], "consensus": 3}, ("consensus",)),
        ({"regions": ["local", "local"], "consensus": 2}, ("consensus",)),
        ({"consensus": 0}, ("consensus",)),
    ],
    ids=str,
)
async def test_what_is_no_region_and_more_agreement_than_there_are_is_422(
    tmp_path: Path, fields: Any, paths: tuple[str, ...]
) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        answer = await client.post(f"{V1}/monitors", json=monitor(**fields))
    assert (answer.status_code, paths_of(answer)) == (422, set(paths))
