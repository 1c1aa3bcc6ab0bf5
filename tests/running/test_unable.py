"""A check that cannot be run here: it says so at each turn, and blames nobody."""

from asura.domain.monitor import MonitorConfig
from asura.domain.reason import Reason
from asura.domain.status import Finding
from asura.net.network import open_network
from asura.running.runner import Runner
from asura.running.unable import unable
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
