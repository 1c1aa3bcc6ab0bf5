"""A plan is a monitor made ready once: its type, its parameters, what is asked of it."""

import msgspec
import pytest

from asura.checks import check_types
from asura.domain.monitor import Assertion, MonitorConfig
from asura.running.execute import Expectation
from asura.running.plan import plan


def config(**other: object) -> MonitorConfig:
    values = {"name": "Shop", "type": "tcp", "target": "shop.example:443"} | other
    return MonitorConfig(**values)  # type: ignore[arg-type]


def test_it_carries_what_scheduler_and_runner_need() -> None:
    ready = plan(7, 3, config(interval=30, retries=2, retry_interval=5, timeout=4))
    assert (ready.monitor_id, ready.generation, ready.interval) == (7, 3, 30)
    assert (ready.retries, ready.retry_interval) == (2, 5)
    assert ready.check is check_types()["tcp"]
    assert (ready.job.target, ready.job.timeout) == ("shop.example:443", 4)
    assert ready.expect is None


def test_settings_become_the_parameters_of_the_type() -> None:
    ready = plan(1, 1, config(settings={"send": "PING\\r\\n"}))
    assert isinstance(ready.job.params, check_types()["tcp"].params)
    assert ready.job.params.send == "PING\\r\\n"


def test_assertions_go_along() -> None:
    asked = Assertion("response_time", "lt", 100)
    ready = plan(1, 1, config(assertions=(asked,), assertions_match="any"))
    assert (ready.job.assertions, ready.job.assertions_match) == ((asked,), "any")


@pytest.mark.parametrize(
    ("fields", "expect"),
    [
        ({"latency_threshold_ms": 250.0}, Expectation(250.0, False)),
        ({"upside_down": True}, Expectation(None, True)),
    ],
)
def test_expectations_are_made_only_where_something_is_expected(fields: dict[str, object], expect: Expectation) -> None:
    assert plan(1, 1, config(**fields)).expect == expect


def test_settings_that_the_type_refuses_are_an_error() -> None:
    with pytest.raises(msgspec.ValidationError):
        plan(1, 1, config(settings={"no_such": 1}))


def test_a_type_that_is_not_built_in_is_an_error() -> None:
    with pytest.raises(KeyError):
        plan(1, 1, config(type="telepathy"))
