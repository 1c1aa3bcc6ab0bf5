"""What asura tells of itself: health, types, who is asking, figures for Prometheus."""

import re
from pathlib import Path

from asura import __version__
from asura.engine.metrics import Metric, Sample
from asura.web.metrics import render
from tests.web.harness import V1, asura, eventually, monitor

LINE = re.compile(r'[a-z_]+(\{[a-z_]+="(\\.|[^"\\\n])*"(,[a-z_]+="(\\.|[^"\\\n])*")*\})? ([0-9.eE+-]+|NaN|[+-]Inf)')


async def test_health_says_alive_and_nothing_else(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client(None) as client:
        answer = (await client.get(f"{V1}/health")).json()
    assert set(answer) == {"status", "version", "uptime_s"}
    assert (answer["status"], answer["version"]) == ("ok", __version__)


async def test_ready_names_the_parts_and_tells_why_only_to_who_has_a_key(tmp_path: Path) -> None:
    async with asura(tmp_path, loops=True) as site, site.client() as admin, site.client(None) as nobody:
        await eventually(lambda: all(part["ok"] for part in site.engine.health().values()))
        open_to_all, known = await nobody.get(f"{V1}/health/ready"), await admin.get(f"{V1}/health/ready")
        assert (open_to_all.status_code, open_to_all.json()["status"]) == (200, "ok")
        assert {"store", "scheduler", "judge", "notifier", "self"} <= set(open_to_all.json()["checks"])
        assert "detail" not in open_to_all.text
        assert "detail" in known.json()["checks"]["store"]
        health = site.engine.health()
        site.engine.health = lambda: {**health, "store": {"ok": False, "detail": "canary"}}  # type: ignore[method-assign]
        failing = await nobody.get(f"{V1}/health/ready")
    assert (failing.status_code, failing.json()["status"]) == (503, "failing")
    assert failing.json()["checks"]["store"] == {"ok": False}


async def test_each_check_type_brings_the_schema_of_its_form(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client(None) as client:
        rows = (await client.get(f"{V1}/check-types")).json()["data"]
    types = {row["name"]: row for row in rows}
    assert {"http", "tcp", "dns", "icmp", "tls"} <= types.keys()
    for row in rows:
        assert row["title"]
        assert row["target_help"]
        assert row["settings"]["type"] == "object"
        for name, schema in row["settings"]["properties"].items():
            assert schema.get("title"), f"{row['name']}.{name} has no label"
    assert "status" in types["http"]["assertable"]


async def test_secrets_are_marked_in_the_forms_of_channels(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client(None) as client:
        rows = (await client.get(f"{V1}/channel-types")).json()["data"]
    types = {row["name"]: row["settings"] for row in rows}
    assert {"webhook", "email", "slack", "discord", "telegram", "ntfy", "apprise"} <= types.keys()
    assert "'writeOnly': True" in str(types["webhook"]["properties"]["secret"])
    assert "'writeOnly': True" in str(types["email"]["properties"]["password"])


async def test_who_am_i(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client(key=await site.key("viewer", "read", "metrics")) as client:
        answer = (await client.get(f"{V1}/me")).json()
    assert answer == {
        "name": "viewer read metrics",
        "role": "viewer",
        "scopes": ["metrics", "read"],
        "key_id": 4,
        "user_id": None,
        "tags": [],
        "profile": None,
        "totp": False,
        "recovery_codes_left": 0,
        "must": [],
        "password": False,
        "held_since": None,
        "demo": False,
    }


async def test_metrics_need_the_scope_unless_they_are_open(tmp_path: Path) -> None:
    async with asura(tmp_path / "a") as site, site.client(None) as nobody:
        assert (await nobody.get("/metrics")).status_code == 401
        for scope, status in (("metrics", 200), ("read", 403)):
            async with site.client(key=await site.key("viewer", scope)) as client:
                assert (await client.get("/metrics")).status_code == status
    async with asura(tmp_path / "b", metrics_open=True) as site, site.client(None) as nobody:
        assert (await nobody.get("/metrics")).status_code == 200


async def test_every_line_of_the_metrics_is_one_that_prometheus_reads(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        await client.post(f"{V1}/monitors", json=monitor(name='Quote " back \\ slash'))
        answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = answer.text.splitlines()
    assert [line for line in lines if not line.startswith("# ") and not LINE.fullmatch(line)] == []
    families = {line.split()[2] for line in lines if line.startswith("# TYPE")}
    assert {
        "checks_processed_total",
        "checks_failed_total",
        "scheduler_lag_seconds",
        "db_query_duration_seconds",
        "event_loop_lag_seconds",
    } <= families


def test_metrics_are_written_as_the_format_asks() -> None:
    metric = Metric(
        "lag_seconds",
        "How late.\nTwo lines.",
        "histogram",
        [Sample({"le": "0.5"}, 3, "_bucket"), Sample({}, 1.25, "_sum"), Sample({"name": 'a"b\\c\nd'}, float("nan"))],
    )
    assert render([metric]) == (
        "# HELP lag_seconds How late.\\nTwo lines.\n# TYPE lag_seconds histogram\n"
        'lag_seconds_bucket{le="0.5"} 3\nlag_seconds_sum 1.25\nlag_seconds{name="a\\"b\\\\c\\nd"} NaN\n'
    )
