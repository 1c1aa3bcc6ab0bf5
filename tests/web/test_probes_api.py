"""Probes over HTTP: enrolled, seen, renamed, given another key, revoked; and what a key of theirs opens."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from asura.engine.key_desk import hash_token
from asura.engine.options import ProbeOptions
from tests.web.harness import V1, Asura, asura, paths_of

PROBES = f"{V1}/probes"
FIELDS = {
    *(
        "id",
        "region",
        "name",
        "shared",
        "version",
        "last_seen_at",
        "online",
        "blind",
        "clock_skew_s",
        "lag_s",
        "late_s",
    ),
    *("late_s", "checks_per_s", "in_flight", "spooled", "lost", "refused", "monitors", "created_by", "created_at"),
}
ASK = f"{V1}/internal/monitors?boot=b0070001&version=1.0"
SHARED = "asura_shared-by-all"


async def enrolled(client: httpx2.AsyncClient, region: str = "eu-west", **fields: Any) -> dict[str, Any]:
    answer = await client.post(PROBES, json={"region": region, **fields})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_a_probe_is_enrolled_listed_renamed_and_revoked(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        answer = await client.post(PROBES, json={"region": "eu-west", "name": "paris"})
        made = answer.json()
        assert (answer.status_code, answer.headers["location"]) == (201, f"{PROBES}/1")
        assert set(made) == FIELDS | {"key", "primary"}
        assert (made["region"], made["name"], made["shared"]) == ("eu-west", "paris", False)
        assert (made["online"], made["last_seen_at"], made["blind"], made["monitors"]) == (False, None, None, 0)
        assert (made["created_by"], made["primary"]) == ("admin", site.engine.options.url)
        assert len(made["key"]) > 30
        (listed,) = (await client.get(PROBES)).json()["data"]
        assert listed == (await client.get(f"{PROBES}/1")).json()
        assert set(listed) == FIELDS
        patched = await client.patch(f"{PROBES}/1", json={"name": "lyon"})
        assert (patched.status_code, patched.json()) == (200, {**listed, "name": "lyon"})
        assert (await client.delete(f"{PROBES}/1")).status_code == 204
        for gone in (client.get, client.delete):
            assert (await gone(f"{PROBES}/1")).status_code == 404
        rows = (await client.get(f"{V1}/audit?entity=probe")).json()["data"]
        assert [(row["action"], row["name"]) for row in rows] == [
            ("delete", "lyon"), ("update", "lyon"), ("create", "paris")
        ]  # fmt: skip
        assert made["key"] not in str(rows)
        assert hash_token(made["key"]) not in str(rows)


async def test_a_name_is_found_for_who_gives_none_and_lists_have_pages(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        names = [(await enrolled(client))["name"] for _ in range(3)]
        assert names == ["eu-west-1", "eu-west-2", "eu-west-3"]
        first = (await client.get(f"{PROBES}?limit=2")).json()
        rest = (await client.get(f"{PROBES}?limit=2&cursor={first['next_cursor']}")).json()
        assert [one["name"] for page in (first, rest) for one in page["data"]] == names
        assert rest["next_cursor"] is None
        assert (await client.get(f"{PROBES}?cursor=nonsense")).status_code == 422


@pytest.mark.parametrize(
    ("body", "status", "paths"),
    [
        ({}, 422, {"region"}),
        ({"region": ""}, 422, {"region"}),
        ({"region": "local"}, 422, {"region"}),
        ({"region": "eu west"}, 422, {"region"}),
        ({"region": "x" * 65}, 422, {"region"}),
        ({"region": "eu", "name": ""}, 422, {"name"}),
        ({"region": "eu", "name": "a\nb"}, 422, {"name"}),
        ({"region": "eu", "key": "mine"}, 422, {"key"}),
        ({"region": "eu", "name": "taken"}, 409, set()),
    ],
    ids=str,
)
async def test_what_cannot_be_a_probe_is_refused(tmp_path: Path, body: Any, status: int, paths: set[str]) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        await enrolled(client, "eu", name="taken")
        answer = await client.post(PROBES, json=body)
    assert (answer.status_code, paths_of(answer)) == (status, paths)


async def test_another_key_ends_the_old_one_and_is_shown_once(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        old = (await enrolled(client))["key"]
        rotated = await client.post(f"{PROBES}/1/rotate")
        new = rotated.json()["key"]
        assert (rotated.status_code, rotated.json()["id"], new != old) == (200, 1, True)
        assert "key" not in (await client.get(f"{PROBES}/1")).json()
        assert await status_of(site, old) == 401
        assert await status_of(site, new) == 200
        await client.delete(f"{PROBES}/1")
        assert await status_of(site, new) == 401


async def status_of(site: Asura, key: str, url: str = ASK) -> int:
    async with site.client(key=key) as probe:
        return (await probe.get(url)).status_code


async def test_a_key_that_may_write_makes_none_that_is_told_secrets(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        old = (await enrolled(client))["key"]
        async with site.client(key=await site.key("admin", "write")) as narrowed:
            for path, body in ((PROBES, {"region": "eu"}), (f"{PROBES}/1/rotate", None)):
                answer = await narrowed.post(path, json=body)
                assert (answer.status_code, paths_of(answer)) == (422, {"scopes"}), path
            # What gives nothing away it may do.
            assert (await narrowed.patch(f"{PROBES}/1", json={"name": "lyon"})).status_code == 200
        assert await status_of(site, old) == 200
        async with site.client(key=await site.key("admin", "write", "probe")) as both:
            assert (await both.post(PROBES, json={"region": "eu"})).status_code == 201
            assert (await both.post(f"{PROBES}/1/rotate")).status_code == 200


OTHER_PATHS = ("/monitors", "/overview", "/me", "/events", "/probes", "/regions", "/keys", "/system", "/audit")


async def test_the_key_of_a_probe_opens_nothing_else(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        page = (await client.post(f"{V1}/status-pages", json={"title": "In", "visibility": "signed_in"})).json()
        key = (await enrolled(client))["key"]
        for path in (*(f"{V1}{one}" for one in OTHER_PATHS), "/metrics"):
            assert await status_of(site, key, path) == 403, path
        async with site.client(key=key) as probe:
            assert (await probe.post(f"{V1}/monitors", json={})).status_code == 403
            assert "detail" not in str((await probe.get(f"{V1}/health/ready")).json()["checks"])
            # A page for those who are signed in is no more there than for strangers.
            assert (await probe.get(f"/status/{page['slug']}")).status_code == 404
        assert (await client.get(f"/status/{page['slug']}")).status_code == 200


async def test_only_probes_and_keys_narrowed_to_them_may_ask_for_what_is_to_be_checked(tmp_path: Path) -> None:
    async with asura(tmp_path) as site:
        for role in ("admin", "editor", "viewer"):
            assert await status_of(site, site.keys[role]) == 403
            async with site.session(role) as session:
                assert (await session.get(ASK)).status_code == 403
        narrowed = await site.key("viewer", "probe")
        assert await status_of(site, narrowed) == 422, "it does not say from where"
        assert await status_of(site, narrowed, f"{ASK}&region=eu") == 200
        assert await status_of(site, narrowed, f"{V1}/monitors") == 403
        (probe,) = site.engine.probes.list()
        assert (probe.region, probe.hash) == ("eu", None)


async def test_by_the_key_of_all_a_probe_enrols_itself(tmp_path: Path) -> None:
    options = ProbeOptions(shared_hash=hash_token(SHARED))
    async with asura(tmp_path, probes=options) as site, site.client("viewer") as viewer:
        assert await status_of(site, SHARED, f"{ASK}&region=eu&name=a") == 200
        assert await status_of(site, SHARED, f"{ASK.replace('001', '002')}&region=eu&name=b") == 200
        assert await status_of(site, SHARED, f"{ASK}&region=eu&name=a") == 200
        assert await status_of(site, SHARED, f"{V1}/monitors") == 403
        rows = (await viewer.get(PROBES)).json()["data"]
    assert [(row["name"], row["shared"], row["version"]) for row in rows] == [("a", True, "1.0"), ("b", True, "1.0")]
    assert datetime.fromisoformat(rows[0]["last_seen_at"]) <= datetime.now(UTC)


async def test_without_probes_their_routes_are_not_there_whoever_asks(tmp_path: Path) -> None:
    async with asura(tmp_path, probes=ProbeOptions(enabled=False)) as site, site.client() as admin:
        key = (await enrolled(admin))["key"]
        for token in (None, key, site.keys["admin"]):
            async with site.client(None) as client:
                client.headers.update({"Authorization": f"Bearer {token}"} if token else {})
                unknown = await client.get(f"{V1}/nothing")
                for method in ("GET", "POST", "DELETE"):
                    for path in ("monitors", "results"):
                        answer = await client.request(method, f"{V1}/internal/{path}")
                        assert (answer.status_code, answer.json()["detail"]) == (404, unknown.json()["detail"])
