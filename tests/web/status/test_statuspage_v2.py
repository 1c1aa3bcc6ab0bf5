"""Statuspage's API: every file has every field, the words are theirs, and what reads them reads ours."""

import asyncio
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from asura.domain.board import BoardGroup
from asura.domain.post import ComponentStatus, PostKind
from asura.web.status import statuspage
from tests.targets import answering, by_path, serving
from tests.web.status import boards
from tests.web.status.boards import busy, component, outage, quiet, showing, work

JSON_TYPE = (("Content-Type", "application/json"),)
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
PAGE = {"id", "name", "url", "time_zone", "updated_at"}
COMPONENT = {
    *("id", "name", "status", "created_at", "updated_at", "position", "description", "showcase", "start_date"),
    *("group_id", "page_id", "group", "only_show_if_degraded"),
}
INCIDENT = {
    *("id", "name", "status", "created_at", "updated_at", "monitoring_at", "resolved_at", "impact", "shortlink"),
    *("started_at", "page_id", "incident_updates", "components", "reminder_intervals"),
}
UPDATE = {
    *("id", "status", "body", "incident_id", "created_at", "updated_at", "display_at", "affected_components"),
    *("deliver_notifications", "custom_tweet", "tweet_id"),
}
FIELDS = {
    "summary": {"page", "status", "components", "incidents", "scheduled_maintenances"},
    "status": {"page", "status"},
    "components": {"page", "components"},
    "incidents": {"page", "incidents"},
    "incidents/unresolved": {"page", "incidents"},
    "scheduled-maintenances": {"page", "scheduled_maintenances"},
    "scheduled-maintenances/upcoming": {"page", "scheduled_maintenances"},
    "scheduled-maintenances/active": {"page", "scheduled_maintenances"},
}


def read(board: Any, file: str = "summary") -> Any:
    return msgspec.json.decode(statuspage.render(showing(board), file))


def all_instants(value: Any) -> list[str]:
    """Return every value whose name ends as instants do."""
    if isinstance(value, list):
        return [found for one in value for found in all_instants(one)]
    if not isinstance(value, dict):
        return []
    here = [one for name, one in value.items() if name.endswith("_at") or name in ("scheduled_for", "scheduled_until")]
    return [one for one in here if one is not None] + all_instants(list(value.values()))


@pytest.mark.parametrize("file", statuspage.FILES)
def test_every_file_has_every_field_and_instants_as_theirs(file: str) -> None:
    found = read(busy(), file)
    assert found.keys() == FIELDS[file]
    assert found["page"].keys() == PAGE
    for one in found.get("components", ()):
        assert one.keys() == COMPONENT | ({"components"} if one["group"] else set())
    for one in found.get("incidents", ()):
        assert one.keys() == INCIDENT
    for one in found.get("scheduled_maintenances", ()):
        assert one.keys() == INCIDENT | {"scheduled_for", "scheduled_until"}
    for one in (*found.get("incidents", ()), *found.get("scheduled_maintenances", ())):
        assert one["incident_updates"]
        for update in one["incident_updates"]:
            assert update.keys() == UPDATE
            assert update["incident_id"] == one["id"]
        assert all(part.keys() >= COMPONENT for part in one["components"])
    assert all(INSTANT.fullmatch(one) for one in all_instants(found))


def test_the_page_is_told_with_its_address_and_zone() -> None:
    assert read(busy(), "status")["page"] == {
        "id": "1",
        "name": "Example",
        "url": "https://asura.example/status",
        "time_zone": "Europe/Berlin",
        "updated_at": "2026-11-20T11:00:00.123Z",
    }


@pytest.mark.parametrize(
    ("whole", "indicator", "description"),
    [
        ("operational", "none", "All Systems Operational"),
        ("degraded", "minor", "Partially Degraded Service"),
        ("partial_outage", "major", "Partial System Outage"),
        ("major_outage", "critical", "Major Service Outage"),
        ("maintenance", "maintenance", "Service Under Maintenance"),
        ("unknown", "minor", "Status Unknown"),
    ],
)
def test_the_whole_is_told_in_their_words(whole: str, indicator: str, description: str) -> None:
    assert read(quiet(status=whole), "status")["status"] == {"indicator": indicator, "description": description}


@pytest.mark.parametrize("impact", ["none", "minor", "major", "critical"])
@pytest.mark.parametrize("whole", statuspage.WHOLES)
def test_during_an_incident_the_whole_is_as_the_page_and_its_badge_say(whole: str, impact: str) -> None:
    during, without = quiet(status=whole, active=(outage(impact=impact),)), quiet(status=whole)
    assert read(during, "status") == read(without, "status")


def test_a_notice_is_no_incident_and_changes_nothing() -> None:
    said = outage(kind=PostKind.NOTICE, impact="critical")
    found = read(quiet(notices=(said,), active=(said,), past=(said,)))
    assert (found["incidents"], found["status"]["indicator"]) == ([], "none")


def test_groups_are_components_that_name_their_members_in_the_order_of_the_page() -> None:
    found = read(busy(), "components")["components"]
    assert [(one["name"], one["group"], one["position"]) for one in found] == [
        ("Website", False, 1),
        ("Trade", True, 2),
        ("Shop", False, 1),
        ("Search", False, 2),
        ("Inside", True, 3),
        ("Probes", False, 1),
    ]
    website, trade, shop, search, inside, probes = found
    assert trade["components"] == [shop["id"], search["id"]] == ["1", "2"]
    assert shop["group_id"] == search["group_id"] == trade["id"] != inside["id"] == probes["group_id"]
    assert (website["group_id"], website["description"]) == (None, None)
    assert (trade["description"], trade["status"]) == ("What sells.", "major_outage")
    assert len({one["id"] for one in found}) == len(found)


def test_a_group_keeps_its_id_when_its_members_change() -> None:
    alone = quiet(
        groups=(BoardGroup(name="Trade", component_ids=(8,)),), components=(component(8, "Till", group="Trade"),)
    )
    assert read(alone, "components")["components"][0]["id"] == statuspage.group_id("Trade")
    assert read(busy(), "components")["components"][1]["id"] == statuspage.group_id("Trade")


def test_an_empty_group_and_a_page_without_components_are_fine() -> None:
    empty = quiet(groups=(BoardGroup(name="Trade", component_ids=()),), components=())
    assert read(empty, "components")["components"] == []


@pytest.mark.parametrize("status", ComponentStatus)
def test_every_state_of_a_component_has_one_of_their_words(status: ComponentStatus) -> None:
    found = read(quiet(components=(component(1, "Shop", status), component(2, "Search"))), "components")
    theirs = {"operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance"}
    assert found["components"][0]["status"] in theirs


def test_what_is_not_known_is_not_said_to_be_well() -> None:
    probes = read(busy(), "components")["components"][-1]
    assert (probes["name"], probes["status"]) == ("Probes", "degraded_performance")


def test_an_update_tells_how_each_component_changed_since_the_one_before() -> None:
    (incident,) = read(busy(), "incidents/unresolved")["incidents"]
    newest, oldest = incident["incident_updates"]
    assert oldest["affected_components"] == [
        {
            "code": "1",
            "name": "Trade - Shop",
            "old_status": "operational",
            "new_status": "degraded_performance",
        }
    ]
    assert [(one["code"], one["old_status"], one["new_status"]) for one in newest["affected_components"]] == [
        ("1", "degraded_performance", "major_outage"),
        ("2", "operational", "degraded_performance"),
    ]
    assert [one["name"] for one in incident["components"]] == ["Shop", "Search"]
    assert incident["shortlink"] == "https://asura.example/status/incidents/7"


def test_an_incident_that_is_over_tells_when_and_a_postmortem_is_its_last_word() -> None:
    assert [one["id"] for one in read(busy(), "incidents")["incidents"]] == ["7", "5"]
    past = read(busy(), "incidents")["incidents"][1]
    assert past["status"] == "postmortem"
    assert past["resolved_at"] == "2026-11-18T20:00:00.123Z"
    assert past["monitoring_at"] == "2026-11-18T19:00:00.123Z"
    words = [one["status"] for one in past["incident_updates"]]
    assert words == ["postmortem", "resolved", "monitoring", "investigating"]
    assert past["incident_updates"][0]["body"] == "A fuse."
    changed = past["incident_updates"][1]["affected_components"]
    assert [(one["old_status"], one["new_status"]) for one in changed] == [("degraded_performance", "operational")]


def test_planned_work_comes_by_occurrence_with_its_turns() -> None:
    found = read(busy(), "scheduled-maintenances")["scheduled_maintenances"]
    assert [one["status"] for one in found] == ["in_progress", "scheduled", "completed"]
    assert len({one["id"] for one in found}) == 3
    assert all(one["impact"] == "maintenance" for one in found)
    turns = {one["status"]: [update["status"] for update in one["incident_updates"]] for one in found}
    assert turns == {
        "scheduled": ["scheduled"],
        "in_progress": ["in_progress", "scheduled"],
        "completed": ["completed", "in_progress", "scheduled"],
    }
    done = found[2]
    changes = [
        [(one["old_status"], one["new_status"]) for one in update["affected_components"]]
        for update in done["incident_updates"]
    ]
    assert changes == [[("under_maintenance", "operational")], [("operational", "under_maintenance")], []]
    assert done["resolved_at"] == done["scheduled_until"]
    assert found[1]["scheduled_for"] == "2026-11-21T12:00:00.123Z"


@pytest.mark.parametrize(("file", "statuses"), [("upcoming", ["scheduled"]), ("active", ["in_progress"])])
def test_upcoming_and_active_work_have_files_of_their_own(file: str, statuses: list[str]) -> None:
    found = read(busy(), f"scheduled-maintenances/{file}")["scheduled_maintenances"]
    assert [one["status"] for one in found] == statuses


def test_the_summary_has_only_what_is_and_what_is_to_come() -> None:
    found = read(busy())
    assert [one["id"] for one in found["incidents"]] == ["7"]
    assert [one["status"] for one in found["scheduled_maintenances"]] == ["in_progress", "scheduled"]


def test_work_that_comes_again_and_again_is_told_of_a_week_before_and_not_when_its_window_was_made() -> None:
    (planned,) = read(quiet(maintenance=(work("scheduled", 24, 25, created_at=boards.at(-24 * 900)),)))[
        "scheduled_maintenances"
    ]
    assert planned["created_at"] == "2026-11-14T12:00:00.123Z"
    assert planned["updated_at"] == planned["created_at"]


CLIENT = """
import json, sys
from statuspage_prometheus_exporter.service_checker import check_status_page_service
print(json.dumps(check_status_page_service("ours", {"url": sys.argv[1], "name": "Example"})))
"""


async def exporter(folder: Path, url: str) -> Any:
    """Return what an exporter that others wrote for Statuspage makes of a page."""
    settings = folder / "services.json"
    settings.write_text(json.dumps({"ours": {"url": url, "name": "Example"}}))
    environment = {**os.environ, "SERVICES_JSON_PATH": str(settings), "CACHE_DIR": str(folder)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CLIENT, url, cwd=folder, env=environment, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert process.returncode == 0
    return json.loads(said)


async def test_an_exporter_written_for_statuspage_reads_a_busy_page(tmp_path: Path) -> None:
    body = statuspage.render(showing(busy()), "summary")
    async with serving(by_path({"/status/api/v2/summary.json": answering(body, headers=JSON_TYPE)})) as target:
        found = await exporter(tmp_path, target.url("/status/api/v2/summary.json"))
    assert found["success"], found["error"]
    assert (found["raw_status"], found["status"]) == ("major", 0)
    assert found["details"].startswith("The shop is out (affects: Shop, Search) - https://asura.example/status/inc")
    (incident,) = found["incident_metadata"]
    assert (incident["id"], incident["impact"], incident["affected_components"]) == ("7", "major", ["Shop", "Search"])
    assert [one["status"] for one in found["maintenance_metadata"]] == ["in_progress", "scheduled"]
    assert {one["name"]: one["status_value"] for one in found["component_metadata"]}["Website"] == 1


async def test_an_exporter_written_for_statuspage_reads_a_quiet_page(tmp_path: Path) -> None:
    body = statuspage.render(showing(quiet()), "summary")
    async with serving(answering(body, headers=JSON_TYPE)) as target:
        found = await exporter(tmp_path, target.url("/api/v2/summary.json"))
    assert (found["raw_status"], found["status"], found["details"]) == ("none", 1, "All Systems Operational")
