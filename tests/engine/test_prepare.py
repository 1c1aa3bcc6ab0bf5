"""What somebody wrote becomes a configuration, or every fault of it is told at once."""

from pathlib import Path
from typing import Any

import pytest

from asura.domain.monitor import MonitorConfig
from asura.engine.prepare import Found, MonitorDefaults, prepare_monitor
from asura.errors import Invalid
from tests.engine.kit import faults
from tests.world import world

BODY = {"name": "Shop", "type": "tcp", "target": "shop.example:443"}
FOUND = Found(
    monitor=lambda reference: {1: 1, "gateway": 1}.get(reference),
    channel=lambda reference: {5: 5, "ops": 5, "mail": 6}.get(reference),
)


def prepare(body: dict[str, Any], **options: Any) -> MonitorConfig:
    return prepare_monitor(body, **({"defaults": MonitorDefaults(), "found": FOUND} | options))


def refused(body: dict[str, Any], **options: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as raised:
        prepare(body, **options)
    return faults(raised.value)


def test_three_fields_are_enough() -> None:
    config = prepare(BODY)
    assert (config.interval, config.timeout, config.retries, config.retry_interval) == (60, 10, 1, 20)
    assert (config.failure_threshold, config.success_threshold, config.enabled, config.public) == (2, 1, True, False)


def test_defaults_come_from_the_configuration_and_shrink_with_the_interval() -> None:
    defaults = MonitorDefaults(interval=30, timeout=20, retries=3, failure_threshold=4, success_threshold=5)
    config = prepare(BODY, defaults=defaults)
    assert (config.interval, config.timeout, config.retry_interval) == (30, 20, 15)
    assert (config.retries, config.failure_threshold, config.success_threshold) == (3, 4, 5)
    assert prepare({**BODY, "interval": 5}).timeout == 5


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("name", ["x", "x" * 200], ["", "x" * 201, "   ", 7, None]),
        ("target", ["a:1"], ["x" * 2049 + ":1", 7, None]),
        ("interval", [5, 86_400, 10.5], [4.99, 86_401, 0, -1, "60", True, None, float("nan"), float("inf")]),
        ("timeout", [0.1, 60], [0.09, 301, float("nan"), "10"]),
        ("retries", [0, 10], [-1, 11, 1.5, "1"]),
        ("retry_interval", [0, 3600], [-1, 3601, float("inf")]),
        ("enabled", [True, False], ["yes", 1, None]),
        ("public", [True], ["no"]),
        ("description", ["", "x" * 10_000], ["x" * 10_001, None]),
        ("tags", [[], ["eu"] * 50], [["x"] * 51, [""], ["x" * 65], "eu", [1]]),
        ("group", [None, "web"], ["x" * 201, 7]),
        ("failure_threshold", [1, 100], [0, 101, 1.5]),
        ("success_threshold", [1, 100], [0, 101, "2"]),
        ("latency_threshold_ms", [None, 0.5, 300_000], [0, -1, 300_001, float("nan")]),
        ("upside_down", [True], ["true"]),
        ("reminder_interval", [0, 31_536_000], [-1, 31_536_001]),
        ("settings", [{}], [[], "x", None]),
        ("assertions", [[]], [{}, "x", [{"on": "response_time"}], [{"on": "colour", "op": "eq"}]]),
        ("assertions_match", ["all", "any"], ["some", None]),
        ("regions", [[], ["eu", "us"]], [[""], "eu", ["x"] * 51]),
        ("consensus", [None, 1, 50], [0, 51, 1.5]),
        ("depends_on", [[], [1], ["gateway"]], [[2], ["nobody"], [1.5], "gateway"]),
        ("channel_ids", [[], [5], ["ops"]], [[9], ["nobody"], [None]]),
        ("escalation_policy_id", [None, 3], ["x", 1.5]),
        ("runbook_url", [None, "https://x.example"], ["ftp://x", "javascript:alert(1)", "x" * 2049]),
    ],
)
def test_the_limits_of_each_field(field: str, good: list[Any], bad: list[Any]) -> None:
    for value in good:
        prepare({**BODY, field: value})
    for value in bad:
        assert any(path.split("[")[0] == field for path in refused({**BODY, field: value})), value


def test_every_fault_is_told_at_once() -> None:
    wrong = {
        "name": "", "type": "http", "target": "https://x.example", "intervall": 5, "retries": 99, "tags": [""],
        "settings": {"metod": "GET"}, "runbook_url": "ftp://x",
    }  # fmt: skip
    told = refused(wrong)
    assert set(told) >= {"name", "intervall", "retries", "tags[0]", "settings.metod"}
    assert "interval" in told["intervall"]


def test_faults_between_fields_and_of_the_type_are_told_together() -> None:
    wrong = {
        **BODY, "target": "", "interval": 10, "timeout": 11, "regions": ["eu"], "consensus": 2,
        "channel_ids": ["x", 5, "y"],
        "runbook_url": "ftp://x", "settings": {"sned": "x"},
    }  # fmt: skip
    told = refused(wrong)
    assert set(told) == {
        "target", "timeout", "consensus", "channel_ids[0]", "channel_ids[2]", "runbook_url", "settings.sned",
    }  # fmt: skip
    assert "10 s" in told["timeout"]


def test_what_is_missing_is_required() -> None:
    assert refused({}) == {"name": "is required", "type": "is required"}


def test_references_are_by_id_or_slug_and_kept_once() -> None:
    config = prepare({**BODY, "channel_ids": ["ops", 5, "mail"], "depends_on": ["gateway", 1], "tags": ["a", "b", "a"]})
    assert (config.channel_ids, config.depends_on, config.tags) == ((5, 6), (1,), ("a", "b"))


def test_a_partial_body_keeps_what_it_does_not_name() -> None:
    old = prepare({**BODY, "interval": 30, "timeout": 3, "tags": ["eu"], "channel_ids": ["ops"]})
    assert prepare({"name": "New"}, old=old, partial=True).__class__ is MonitorConfig
    changed = prepare({"name": "New", "tags": []}, old=old, partial=True)
    assert (changed.name, changed.tags, changed.interval, changed.timeout) == ("New", (), 30, 3)
    assert changed.channel_ids == (5,)
    assert prepare({}, old=old, partial=True) == old


def test_a_whole_body_gets_defaults_for_what_it_does_not_name() -> None:
    old = prepare({**BODY, "interval": 30, "tags": ["eu"]})
    assert prepare(BODY, old=old) == prepare(BODY)


def test_a_partial_body_is_not_refused_for_references_that_were_deleted_since() -> None:
    old = prepare({**BODY, "channel_ids": ["ops", "mail"], "depends_on": [1]})
    found = Found(monitor=lambda _: None, channel=lambda reference: 6 if reference == 6 else None)
    changed = prepare({"name": "New"}, old=old, partial=True, found=found)
    assert (changed.channel_ids, changed.depends_on) == ((6,), ())
    assert set(refused({"channel_ids": ["ops"]}, old=old, partial=True, found=found)) == {"channel_ids[0]"}


def test_the_slug_is_none_of_its_business() -> None:
    assert prepare({**BODY, "slug": "shop"}) == prepare(BODY)


async def test_references_are_looked_up_among_what_is_known(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop, ops = await w.monitor(), await w.channel()
        for monitor, channel in ((shop.id, ops.id), ("shop", "ops"), (str(shop.id), str(ops.id))):
            body = {**BODY, "depends_on": [monitor], "channel_ids": [channel]}
            config = w.engine.monitors.prepare(body)
            assert (config.depends_on, config.channel_ids) == ((shop.id,), (ops.id,))
