"""Results, series, spans, uptime and sparklines over HTTP, from real checks in a real store."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from asura.domain.reason import Reason
from asura.domain.result import Phases, Result
from asura.domain.status import Finding
from asura.web.present import instant
from tests.web.harness import V1, Asura, asura, listener, monitor, paths_of

ONE = f"{V1}/monitors/1"


async def checked(site: Asura, count: int, *, every: timedelta = timedelta(seconds=10)) -> datetime:
    """Store so many results, the last one now: every third is down. Returns the instant of the first."""
    start = site.engine.clock.now().replace(microsecond=0) - every * (count - 1)
    results = [
        Result(1, 1, "local", start + every * number, *finding(number), latency_ms=10.0 + number)
        for number in range(count)
    ]
    await site.engine.store.write(lambda db: site.engine.store.results.append(db, results))
    return start


def finding(number: int) -> tuple[Finding, Reason]:
    """Return what the check of this number found."""
    return (Finding.DOWN, Reason.CONNECT_REFUSED) if number % 3 == 2 else (Finding.UP, Reason.OK)


async def test_results_come_newest_first_page_by_page_each_once(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("viewer") as client, site.client("editor") as editor:
        await editor.post(f"{V1}/monitors", json=monitor())
        await checked(site, 25)
        seen: list[dict[str, Any]] = []
        cursor: str | None = ""
        while cursor is not None:
            answer = (await client.get(f"{ONE}/results", params={"limit": 10, "cursor": cursor})).json()
            seen += answer["data"]
            cursor = answer["next_cursor"]
    assert len(seen) == 25
    assert [row["at"] for row in seen] == sorted({row["at"] for row in seen}, reverse=True)
    assert [row["latency_ms"] for row in seen] == [10.0 + number for number in reversed(range(25))]
    assert {row["status"] for row in seen} == {"up", "down"}


async def test_results_are_narrowed_by_time_status_and_region(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        await client.post(f"{V1}/monitors", json=monitor())
        start = await checked(site, 9)

        async def count(**params: str) -> int:
            return len((await client.get(f"{ONE}/results", params=params)).json()["data"])

        assert await count(status="down") == 3
        assert await count(status="up,down") == 9
        assert await count(region="local") == 9
        assert await count(region="elsewhere") == 0
        assert await count(**{"from": instant(start), "to": instant(start + timedelta(seconds=30))}) == 3
        # An offset whose plus sign was not escaped is still understood.
        later = (start + timedelta(seconds=30)).isoformat()
        assert "+00:00" in later
        assert len((await client.get(f"{ONE}/results?from={later}")).json()["data"]) == 6


@pytest.mark.parametrize("path", ["results", "series", "spans", "uptime"])
@pytest.mark.parametrize(
    ("params", "wrong"),
    [
        ({"from": "yesterday"}, {"from"}),
        ({"from": "2026-01-01"}, {"from"}),
        ({"from": "2026-01-01T00:00:00"}, {"from"}),
        ({"from": "2026-02-30T00:00:00Z"}, {"from"}),
        ({"to": "9999-12-31T23:59:59-23:59"}, {"to"}),
        ({"from": "0001-01-01T00:00:00Z"}, {"from"}),
        ({"to": "1970-01-01T00:00:00Z"}, {"from"}),
        ({"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, {"from"}),
        ({"from": "x", "to": "y", "region": "a\0"}, {"from", "to", "region"}),
    ],
)
async def test_a_wrong_range_is_422_and_names_all_of_it(
    tmp_path: Path, path: str, params: dict[str, str], wrong: set[str]
) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        await client.post(f"{V1}/monitors", json=monitor())
        answer = await client.get(f"{ONE}/{path}", params=params)
    assert (answer.status_code, paths_of(answer)) == (422, wrong)


@pytest.mark.parametrize("path", ["results", "spans"])
async def test_all_of_time_is_a_range(tmp_path: Path, path: str) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        await client.post(f"{V1}/monitors", json=monitor())
        params = {"from": "1970-01-01T00:00:00Z", "to": "2199-12-31T23:59:59Z"}
        assert (await client.get(f"{ONE}/{path}", params=params)).status_code == 200


@pytest.mark.parametrize("cursor", ["x", "0", "-1", "9" * 60, "YWJj", "\u00e4", "1.2.3"])
@pytest.mark.parametrize("path", ["/monitors/1/results", "/incidents", "/notifications"])
async def test_a_cursor_that_was_made_up_is_422(tmp_path: Path, path: str, cursor: str) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        await client.post(f"{V1}/monitors", json=monitor())
        answer = await client.get(V1 + path, params={"cursor": cursor})
    assert (answer.status_code, paths_of(answer)) == (422, {"cursor"})


async def test_a_series_holds_what_was_measured(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        await client.post(f"{V1}/monitors", json=monitor())
        start = await checked(site, 12)
        params = {"from": instant(start), "to": instant(start + timedelta(seconds=120)), "step": "30"}
        answer = (await client.get(f"{ONE}/series", params=params)).json()
    assert answer["step"] == 30
    assert sum(point["checks"] for point in answer["points"]) == 12
    assert sum(point["failures"] for point in answer["points"]) == 4
    assert set(answer["points"][0]) == {
        "at", "up_ratio", "avg_ms", "p50_ms", "p95_ms", "p99_ms", "checks", "failures"
    }  # fmt: skip


async def test_a_series_has_a_bound(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        await client.post(f"{V1}/monitors", json=monitor())
        params = {"from": "2020-01-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}
        by_days = (await client.get(f"{ONE}/series", params=params)).json()
        assert (by_days["step"], len(by_days["points"]) < 2200) == (86_400, True)
        for step in ("1", "3600", "0", "-5", "1.5", "long"):
            answer = await client.get(f"{ONE}/series", params={**params, "step": step})
            assert (answer.status_code, paths_of(answer)) == (422, {"step"})


async def test_seconds_of_uptime_sum_to_the_range_exactly(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client, listener() as target:
        await client.post(f"{V1}/monitors", json=monitor(target=target, enabled=True))
        await client.post(f"{ONE}/check-now")
        now = site.engine.clock.now()
        for low, high in ((-3600.0, 3600.0), (-86_400.0, 0.25), (-0.001, 0.002), (60.0, 61.5), (-7200.1, -3600.3)):
            from_at, to_at = now + timedelta(seconds=low), now + timedelta(seconds=high)
            params = {"from": from_at.isoformat(), "to": to_at.isoformat()}
            answer = (await client.get(f"{ONE}/uptime", params=params)).json()
            assert sum(answer["seconds"].values()) == pytest.approx((to_at - from_at).total_seconds(), abs=1e-9)
            assert (answer["uptime_ratio"] is None) == (answer["seconds"]["up"] == 0)


async def test_spans_tell_the_states_one_after_the_other(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client, listener() as target:
        await client.post(f"{V1}/monitors", json=monitor(target=target, enabled=True))
        await client.post(f"{ONE}/check-now")
        await client.post(f"{ONE}/pause")
        # A state that began in this very millisecond has no length yet.
        await asyncio.sleep(0.01)
        spans = (await client.get(f"{ONE}/spans")).json()["data"]
    assert [span["status"] for span in spans][-2:] == ["up", "paused"]
    assert [span["from"] for span in spans[1:]] == [span["to"] for span in spans[:-1]]


async def test_sparklines_are_for_the_monitors_in_view(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        await client.post(f"{V1}/monitors", json=monitor())
        await client.post(f"{V1}/monitors", json=monitor(name="B", slug="b"))
        await checked(site, 3)
        answer = (await client.get(f"{V1}/sparklines?ids=1,b,99,none")).json()
        assert set(answer) == {"1", "2"}
        assert {len(line) for line in answer.values()} == {60}
        assert answer["1"][-1] == pytest.approx(11, abs=1.1)
        assert answer["2"] == [None] * 60
        assert (await client.get(f"{V1}/sparklines")).status_code == 422
        assert (await client.get(f"{V1}/sparklines?ids=" + ",".join(["1"] * 501))).status_code == 422


async def test_a_series_tells_phases_when_asked_and_the_regions_there_are(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        await client.post(f"{V1}/monitors", json=monitor())
        now = site.engine.clock.now()
        result = Result(
            1, 1, "local", now, Finding.UP, Reason.OK, latency_ms=14.0, phases=Phases(connect=4.0, ttfb=10.0)
        )
        await site.engine.store.write(lambda db: site.engine.store.results.append(db, [result]))
        params = {"from": instant(now - timedelta(minutes=1)), "to": instant(now + timedelta(minutes=1))}
        answer = (await client.get(f"{ONE}/series", params={**params, "phases": "true"})).json()
        assert answer["regions"] == ["local"]
        found = [point["phases_ms"] for point in answer["points"]]
        assert [one for one in found if one is not None] == [
            {
                "dns": None,
                "connect": pytest.approx(4, rel=0.04),
                "tls": None,
                "ttfb": pytest.approx(10, rel=0.04),
                "transfer": None,
            }
        ]
        assert (await client.get(f"{ONE}/series", params={"phases": "maybe"})).status_code == 422


@pytest.mark.parametrize(
    ("hours", "interval", "step"),
    [(1, 10, 30), (1, 60, 60), (24, 60, 300), (168, 60, 3600), (720, 60, 10_800), (2160, 60, 43_200),
     (8760, 60, 86_400), (1, 3600, 3600), (24, 45, 300), (1, 45, 60), (24, 200_000, 86_400)],
)  # fmt: skip
async def test_the_server_chooses_a_step_that_holds_a_check_and_few_points(
    tmp_path: Path, hours: int, interval: int, step: int
) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        kind = {"type": "heartbeat", "target": ""} if interval > 86_400 else {}
        assert (await client.post(f"{V1}/monitors", json=monitor(interval=interval, **kind))).status_code == 201
        now = site.engine.clock.now()
        params = {"from": instant(now - timedelta(hours=hours)), "to": instant(now)}
        answer = (await client.get(f"{ONE}/series", params=params)).json()
        assert (answer["step"], len(answer["points"]) <= 367) == (step, True)


async def test_days_of_a_young_monitor_are_empty_until_it_was_made(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("viewer") as client, site.client() as admin:
        async with listener() as target:
            await admin.post(f"{V1}/monitors", json=monitor(target=target, enabled=True))
            await admin.post(f"{ONE}/check-now")
        answer = (await client.get(f"{ONE}/days", params={"zone": "Pacific/Auckland"})).json()
        today = site.engine.clock.now().astimezone(ZoneInfo("Pacific/Auckland")).date()
        assert (answer["zone"], len(answer["data"])) == ("Pacific/Auckland", 90)
        assert [answer["data"][0]["date"], answer["data"][-1]["date"]] == [
            str(today - timedelta(days=89)),
            str(today),
        ]
        assert answer["data"][0] == {
            "date": str(today - timedelta(days=89)),
            "uptime_ratio": None,
            "worst": "no_data",
            "seconds": {"no_data": 86_400.0},
        }
        assert answer["data"][-1]["uptime_ratio"] == 1.0
        few = (await client.get(f"{ONE}/days", params={"days": "3"})).json()
        assert (few["zone"], len(few["data"])) == ("UTC", 3)


@pytest.mark.parametrize(
    ("params", "wrong"),
    [
        ({"days": "0"}, {"days"}),
        ({"days": "366"}, {"days"}),
        ({"days": "many", "zone": "Mars/Olympus"}, {"days", "zone"}),
        ({"zone": "../../etc/passwd"}, {"zone"}),
        ({"zone": "Europe"}, {"zone"}),
        ({"zone": "/etc/localtime"}, {"zone"}),
    ],
)
async def test_wrong_days_are_422(tmp_path: Path, params: dict[str, str], wrong: set[str]) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        await client.post(f"{V1}/monitors", json=monitor())
        answer = await client.get(f"{ONE}/days", params=params)
        assert (answer.status_code, paths_of(answer)) == (422, wrong)
        assert (await client.get(f"{V1}/monitors/99/days")).status_code == 404
