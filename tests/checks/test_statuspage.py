"""The look at a status page of others, against a real server: what they say, and what is no status page."""

import json
from pathlib import Path
from typing import Any

import pytest

from asura.checks.base import Job
from asura.checks.statuspage import CHECK, StatuspageParams
from asura.domain.fields import convert
from asura.domain.page import ComponentConfig, PageConfig
from asura.domain.reason import Reason
from asura.domain.result import Outcome
from asura.domain.status import Finding
from asura.errors import Invalid
from tests import targets
from tests.checks.bench import attempt
from tests.web import harness

UP, DEGRADED, DOWN = Finding.UP, Finding.DEGRADED, Finding.DOWN
JSON_TYPE = (("Content-Type", "application/json"),)
WHOLES = {
    "none": "All Systems Operational",
    "minor": "Partially Degraded Service",
    "major": "Partial System Outage",
    "critical": "Major Service Outage",
    "maintenance": "Service Under Maintenance",
}


def part(id: str, name: str, status: str = "operational", **more: Any) -> dict[str, Any]:
    return {"id": id, "name": name, "status": status, "group": False, "group_id": None, **more}


def github(indicator: str = "none", *parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a summary as a big page has it, with fields that nobody here looks at."""
    return {
        "page": {"id": "kctbh9vrtdwd", "name": "GitHub", "url": "https://www.githubstatus.com"},
        "status": {"indicator": indicator, "description": WHOLES.get(indicator, indicator)},
        "components": [part("a1", "Git Operations"), part("a2", "Actions"), *parts],
        "incidents": [],
        **more,
    }


def answering(value: Any, status: str = "200 OK") -> targets.Behaviour:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return targets.answering(body, status, JSON_TYPE)


def api(**files: Any) -> targets.Behaviour:
    return targets.by_path({f"/api/v2/{name}.json": answering(value) for name, value in files.items()})


async def look(behaviour: targets.Behaviour, path: str = "", **settings: Any) -> Outcome:
    async with targets.serving(behaviour) as target:
        return await attempt(CHECK, target.url(path), settings)


@pytest.mark.parametrize(
    ("indicator", "finding"),
    [("none", UP), ("maintenance", UP), ("minor", DEGRADED), ("major", DOWN), ("critical", DOWN)],
)
async def test_the_whole_is_judged_by_its_indicator(indicator: str, finding: Finding) -> None:
    outcome = await look(api(summary=github(indicator)))
    assert (outcome.finding, outcome.code) == (finding, 200)
    assert outcome.reason is (Reason.OK if finding is UP else Reason.REPORTED)
    assert outcome.message == f"GitHub says: {WHOLES[indicator]}"
    assert outcome.latency_ms is not None and outcome.phases.ttfb is not None


async def test_the_message_names_what_is_wrong_worst_first_and_not_everything() -> None:
    one = await look(api(summary=github("major", part("a3", "Pages", "degraded_performance"))))
    assert one.message == "GitHub says: Partial System Outage: Pages is degraded"
    words = ("degraded_performance", "major_outage", "partial_outage", "under_maintenance", "degraded_performance")
    many = [part(f"b{n}", f"Part {n}", word) for n, word in enumerate(words)]
    all_of = await look(api(summary=github("critical", *many, part("g", "All", "major_outage", group=True))))
    assert all_of.message == (
        "GitHub says: Major Service Outage: Part 1 has a major outage, Part 2 has a partial outage, "
        "Part 0 is degraded and 2 more"
    )


COUNTS = [
    ("maintenance", {"maintenance": "degraded"}, DEGRADED),
    ("minor", {"minor": "up"}, UP),
    ("major", {"major": "degraded"}, DEGRADED),
    ("critical", {"major": "degraded", "minor": "up"}, DOWN),
]


@pytest.mark.parametrize(("indicator", "settings", "finding"), COUNTS)
async def test_what_counts_as_what_can_be_chosen(indicator: str, settings: dict[str, Any], finding: Finding) -> None:
    assert (await look(api(summary=github(indicator)), **settings)).finding is finding


PARTS = (
    part("c1", "Webhooks", "degraded_performance"),
    part("c2", "Pages", "major_outage"),
    part("c3", "Packages", "under_maintenance"),
    part("c4", "Codespaces", "full_outage"),
    part("c5", "API", "partial_outage"),
)


@pytest.mark.parametrize(
    ("component", "finding", "said"),
    [
        ("Actions", UP, "Actions is operational"),
        ("a2", UP, "Actions is operational"),
        ("  git operations ", UP, "Git Operations is operational"),
        ("Webhooks", DEGRADED, "Webhooks is degraded"),
        ("c2", DOWN, "Pages has a major outage"),
        ("packages", UP, "Packages is under maintenance"),
        ("Codespaces", DOWN, "Codespaces has a major outage"),
        ("API", DOWN, "API has a partial outage"),
    ],
)
async def test_one_component_is_judged_by_itself(component: str, finding: Finding, said: str) -> None:
    outcome = await look(api(summary=github("critical", *PARTS)), component=component)
    assert (outcome.finding, outcome.message) == (finding, f"GitHub says: {said}")


async def test_of_components_with_one_name_the_worst_counts_and_the_group_tells_them_apart() -> None:
    groups = (part("g1", "Europe", group=True), part("g2", "Asia", group=True))
    parts = (part("p1", "Edge", group_id="g1"), part("p2", "Edge", "major_outage", group_id="g2"))
    page = api(summary=github("major", *groups, *parts))
    assert (await look(page, component="Edge")).finding is DOWN
    assert (await look(page, component="Europe - Edge")).finding is UP
    assert (await look(page, component="asia/edge")).finding is DOWN
    assert (await look(page, component="Asia")).finding is UP


async def test_an_unknown_component_is_down_and_those_with_like_names_are_told() -> None:
    outcome = await look(api(summary=github("none", *PARTS)), component="Action")
    assert (outcome.finding, outcome.reason) == (DOWN, Reason.UNEXPECTED_ANSWER)
    assert "There is no component “Action” on the page. There are: Actions" in outcome.message
    nothing_like_it = await look(api(summary=github("none")), component="zzzzzz")
    assert "There are: Git Operations, Actions." in nothing_like_it.message
    none_at_all = await look(api(summary=github("none") | {"components": []}), component="x")
    assert none_at_all.message.endswith("It has none.")


@pytest.mark.parametrize("path", ["", "/", "/api/v2/summary.json", "/api/v2/status.json?x=1", "/?lang=en"])
async def test_any_address_of_the_page_will_do(path: str) -> None:
    assert (await look(api(summary=github()), path)).finding is UP


async def test_a_page_below_a_path_is_asked_there() -> None:
    below = targets.by_path({"/status/shop/api/v2/summary.json": answering(github("minor"))})
    assert (await look(below, "/status/shop/")).finding is DEGRADED


async def test_a_page_without_a_summary_is_read_by_its_other_files() -> None:
    whole = github("minor", *PARTS)
    page = api(
        status={"page": whole["page"], "status": whole["status"]},
        components={"page": whole["page"], "components": whole["components"]},
    )
    assert (await look(page)).message == "GitHub says: Partially Degraded Service"
    assert (await look(page, component="Pages")).finding is DOWN


async def test_a_summary_that_leaves_something_out_is_completed() -> None:
    whole = github("minor", *PARTS)
    half = {"page": whole["page"], "status": whole["status"]}
    page = api(summary=half, components={"components": whole["components"]})
    assert (await look(page, component="Webhooks")).finding is DEGRADED
    assert (await look(page)).finding is DEGRADED


NO_PAGES = {
    "HTML": b"<!doctype html><title>Status</title>",
    "nothing": b"",
    "not UTF-8": b'{"page": "\xff"}',
    "a list": [1, 2],
    "another shape": github() | {"status": "fine"},
    "no word": github() | {"status": {"description": "Fine"}},
    "an unknown word": github("splendid"),
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("answer", NO_PAGES.values(), ids=NO_PAGES.keys())
async def test_what_is_no_status_page_is_down_and_says_so(answer: Any) -> None:
    outcome = await look(api(summary=answer))
    assert (outcome.finding, outcome.reason) == (DOWN, Reason.UNEXPECTED_ANSWER), outcome.message


async def test_a_site_that_has_no_such_files_is_told_apart_from_one_that_fails() -> None:
    missing = await look(targets.answering(b"no", "404 Not Found"))
    assert (missing.finding, missing.reason) == (DOWN, Reason.UNEXPECTED_ANSWER)
    assert "no status page that programs can read" in missing.message
    broken = await look(targets.answering(b"no", "503 Service Unavailable"))
    assert (broken.finding, broken.reason) == (DOWN, Reason.HTTP_STATUS)
    assert "answered 503 Service Unavailable" in broken.message
    endless = await look(targets.endless)
    assert (endless.finding, endless.reason) == (DOWN, Reason.BODY_TOO_LARGE)


async def test_hostile_words_are_one_short_line() -> None:
    said = github("major", part("x", "A\x1b[31m\n\u202eB" * 500, "degraded_performance"))
    said["page"]["name"] = "Evil\r\n\x00Corp"
    outcome = await look(api(summary=said))
    assert outcome.message.startswith("Evil Corp says: Partial System Outage: A")
    assert outcome.message.isprintable() and len(outcome.message) < 600


async def test_redirects_are_followed_and_a_slow_page_runs_out_of_time() -> None:
    async with targets.serving(api(summary=github("minor"))) as there:
        moved = targets.redirecting(there.url("/api/v2/summary.json"))
        async with targets.serving(moved) as target:
            outcome = await attempt(CHECK, target.url())
    assert outcome.finding is DEGRADED
    async with targets.serving(targets.slow(5)) as target:
        late = await attempt(CHECK, target.url(), timeout=0.3)
    assert late.finding is DOWN and late.reason in (Reason.HTTP_TIMEOUT, Reason.TIMEOUT)


@pytest.mark.parametrize("target", ["githubstatus.com", "ftp://x.example", "http://169.254.169.254/", "https://"])
def test_what_is_no_address_of_a_page_is_refused(target: str) -> None:
    with pytest.raises(Invalid) as refused:
        CHECK.validate(target, StatuspageParams())
    assert [fault.path for fault in refused.value.faults] == ["target"]


def test_bad_certificates_and_settings_are_refused() -> None:
    with pytest.raises(Invalid) as refused:
        CHECK.validate("https://x.example", StatuspageParams(ca_pem="nonsense"))
    assert [fault.path for fault in refused.value.faults] == ["settings.ca_pem"]
    with pytest.raises(ValueError, match="critical"):
        convert({"critical": "up"}, StatuspageParams)
    assert Job("https://x.example", StatuspageParams(), 5).params.component == ""


async def test_it_reads_a_page_of_ours(tmp_path: Path) -> None:
    async with harness.asura(tmp_path) as site, site.client() as client, harness.served(site.app) as url:
        made = (await client.post(f"{harness.V1}/monitors", json=harness.monitor(public=True))).json()
        shop = ComponentConfig(name="Till", group="Trade", monitor_id=made["id"])
        await site.engine.pages.create(PageConfig(title="Our shop", components=(shop,)), slug="shop")
        whole = await attempt(CHECK, f"{url}/status/shop")
        part = await attempt(CHECK, f"{url}/status/shop", {"component": "trade - till"})
        main = await attempt(CHECK, url)
        missing = await attempt(CHECK, f"{url}/status/other")
    # It is paused: what is not known is never said to be well.
    assert (whole.finding, whole.reason) == (DEGRADED, Reason.REPORTED)
    assert whole.message.startswith("Our shop says: ") and "Till is degraded" in whole.message
    assert (part.finding, part.message) == (DEGRADED, "Our shop says: Till is degraded")
    assert main.message.startswith("Status says: ")
    assert (missing.finding, missing.reason) == (DOWN, Reason.UNEXPECTED_ANSWER)
