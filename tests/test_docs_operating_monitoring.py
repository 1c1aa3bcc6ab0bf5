"""The dashboard, the alerts and the page about watching asura, held against what /metrics really says."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from asura.domain.monitor import MonitorConfig
from asura.web.metrics import render
from tests.world import World

ROOT = Path(__file__).resolve().parents[1]
BOARD = json.loads((ROOT / "deploy" / "grafana" / "asura.json").read_text("utf-8"))
RULES = yaml.safe_load((ROOT / "deploy" / "prometheus" / "asura.rules.yml").read_text("utf-8"))
PAGE = (ROOT / "docs" / "operating" / "monitoring.md").read_text("utf-8")
# Made by Prometheus itself for every job.
OF_PROMETHEUS = {"up": {"job", "instance"}}


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Return the labels of every series by its name, from an asura that watches something and has a probe."""
    series: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(asyncio.run(metrics(tmp_path_factory.mktemp("world")))):
        for sample in family.samples:
            series.setdefault(sample.name, {"job", "instance"}).update(sample.labels)
    return series | OF_PROMETHEUS


async def metrics(folder: Path) -> str:
    world = World(folder)
    await world.start()
    try:
        await world.engine.monitors.create(MonitorConfig(name="Shop", type="fake", target="shop"))
        await world.engine.probes.create("eu-west", "one", by="tests")
        await world.advance(1)
        return render(world.engine.metrics())
    finally:
        await world.stop()


def expressions() -> Iterator[tuple[str, str]]:
    """Yield every expression with where it stands."""
    for panel in BOARD["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"]
    for variable in BOARD["templating"]["list"][1:]:
        yield f"${variable['name']}", variable["definition"]
    for note in BOARD["annotations"]["list"]:
        yield note["name"], note["expr"]
    for group in RULES["groups"]:
        for rule in group["rules"]:
            yield rule["alert"], rule["expr"]


def selectors(expression: str) -> Iterator[tuple[str, set[str]]]:
    """Yield each series that an expression names, with the labels that it names."""
    for name, matchers in re.findall(r"\b([a-z_]+)(?:\{([^}]*)\}|, job\))", expression):
        yield name, set(re.findall(r"(\w+)\s*=~?", matchers))


def test_every_expression_asks_for_what_is_there(known: dict[str, set[str]]) -> None:
    asked = list(expressions())
    assert len(asked) > 60
    for place, expression in asked:
        found = list(selectors(expression))
        assert found, (place, expression)
        for name, labels in found:
            assert name in known, f"{place}: there is no {name}"
            assert labels <= known[name], f"{place}: {name} has no {labels - known[name]}"
        grouped = set(re.findall(r"\w+", " ".join(re.findall(r"by \(([^)]*)\)", expression))))
        assert grouped <= set().union(*(known[name] for name, _ in found)), place
        bare = set(
            re.findall(r"\b[a-z_]{6,}\b(?=[\s)]|$)", re.sub(r"\{[^}]*\}|by \([^)]*\)|\[[^]]*\]", "", expression))
        )
        assert not bare & (known.keys() - {name for name, _ in found}), f"{place}: a series without its job"


def test_every_series_is_on_the_dashboard(known: dict[str, set[str]]) -> None:
    shown = {name for place, expression in expressions() for name, _ in selectors(expression)}
    parts = re.compile(r"(_sum|_count|_bucket)$")
    wanted = {name for name in known if not parts.search(name)} - {"db_rows", "db_open_results", "db_seconds"}
    unseen = {"loop_ticks_total", "probe_blind", "probe_checks_in_flight", "probe_results_spooled", "probe_monitors"}
    assert wanted - shown <= unseen, wanted - shown - unseen


def test_panels_are_complete_and_do_not_overlap() -> None:
    taken: set[tuple[int, int]] = set()
    ids = [panel["id"] for panel in BOARD["panels"]]
    assert len(ids) == len(set(ids))
    for panel in BOARD["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24, panel["title"]
        taken |= cells
        if panel["type"] != "row":
            assert panel["description"], panel["title"]
            assert panel["targets"], panel["title"]


def test_every_alert_says_what_it_means() -> None:
    rules: list[dict[str, Any]] = [rule for group in RULES["groups"] for rule in group["rules"]]
    assert len({rule["alert"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert rule["annotations"].keys() == {"summary", "description"}


def test_the_page_names_what_is_there(known: dict[str, set[str]]) -> None:
    table = PAGE.partition("| what to look at")[2].partition("\n\n")[0]
    named = set(re.findall(r"`([a-z_]+)`", table))
    assert named - known.keys() == {"scheduler_lag_seconds"}
    assert "scheduler_lag_seconds_bucket" in known
    (config,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    (job,) = yaml.safe_load(config)["scrape_configs"]
    assert job["job_name"] == "asura"
