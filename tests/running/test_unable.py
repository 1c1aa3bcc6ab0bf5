"""A check that cannot be run here: it says so at each turn, and blames nobody."""

import pytest

from asura.domain.monitor import Assertion, MonitorConfig
from asura.domain.reason import Reason
from asura.domain.status import Finding
from asura.net.network import open_network
from asura.running.plan import plan
from asura.running.runner import Runner
from asura.running.unable import obstacles, unable
from tests.world import FakeClock


async def test_the_result_is_unknown_and_says_why() -> None:
    config = MonitorConfig(name="x", type="telepathy", target="shop", interval=30, retries=3)
    ready = unable(7, 3, config, reason=Reason.NOT_PERMITTED, message="Upgrade it.")
    runner = Runner(FakeClock(), open_network(), lambda result: None, region="eu")
    result = await runner.run_once(ready)
    assert (result.monitor_id, result.generation, result.region) == (7, 3, "eu")
    assert (result.finding, result.reason, result.message) == (Finding.UNKNOWN, Reason.NOT_PERMITTED, "Upgrade it.")
    assert (ready.interval, ready.retries, ready.job.target) == (30, 0, "shop")
    assert ready.check.validate("shop", None) is None  # type: ignore[func-returns-value]


@pytest.mark.parametrize(
    ("config", "paths"),
    [
        (MonitorConfig(name="x", type="http", target="http://a/"), []),
        (MonitorConfig(name="x", type="http", target="ftp://a/"), ["target"]),
        (
            MonitorConfig(name="x", type="http", target="http://a/", assertions=(Assertion("aura", "eq", 1),)),
            ["assertions[0].on"],
        ),
    ],
)
def test_what_stands_in_the_way_of_a_check_is_named(config: MonitorConfig, paths: list[str]) -> None:
    assert [fault.path for fault in obstacles(plan(1, 1, config))] == paths
