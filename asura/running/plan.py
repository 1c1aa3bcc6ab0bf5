"""A monitor made ready to run: its check type, its parameters, and what is asked of it."""

from typing import Any, NamedTuple

from asura.checks import check_types
from asura.checks.base import CheckType, Job
from asura.domain.fields import convert
from asura.domain.monitor import MonitorConfig
from asura.running.execute import Expectation


class Plan(NamedTuple):
    """What the scheduler and the runner need of a monitor; made once per edit, not once per check."""

    monitor_id: int
    generation: int
    interval: float
    retries: int
    retry_interval: float
    check: CheckType
    job: Job
    expect: Expectation | None


def plan(monitor_id: int, generation: int, config: MonitorConfig) -> Plan:
    """Return a monitor ready to run; raises msgspec.ValidationError for settings that its type refuses."""
    check = check_types()[config.type]
    special = config.latency_threshold_ms is not None or config.upside_down
    return Plan(
        monitor_id=monitor_id,
        generation=generation,
        interval=config.interval,
        retries=config.retries,
        retry_interval=config.retry_interval,
        check=check,
        job=job(check, config),
        expect=Expectation(config.latency_threshold_ms, config.upside_down) if special else None,
    )


def job(check: CheckType, config: MonitorConfig) -> Job:
    """Return the check that a configuration asks for."""
    params: Any = convert(config.settings, check.params)
    return Job(config.target, params, config.timeout, config.assertions, config.assertions_match)
