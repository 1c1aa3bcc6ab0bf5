"""What stands in for a check that this process cannot run: at each turn it says why, so that nobody waits for it."""

from typing import Any

import msgspec

from asura.checks.assertions import validate
from asura.checks.base import Job
from asura.domain.monitor import MonitorConfig
from asura.domain.reason import Reason
from asura.domain.result import Outcome
from asura.domain.status import Finding
from asura.errors import Fault, Invalid
from asura.net.network import Network
from asura.net.trace import Trace
from asura.running.plan import Plan

TIMEOUT_S = 1.0


class _Nothing(msgspec.Struct, frozen=True):
    """The parameters of what is not run."""


class Unable:
    """A check that finds nothing out: the result is unknown, and the sentence tells why."""

    name = "unable"
    title = "Not possible here"
    target_help = ""
    params: type[msgspec.Struct] = _Nothing
    assertable: frozenset[str] = frozenset()

    def __init__(self, reason: Reason, message: str) -> None:
        self._outcome = Outcome(Finding.UNKNOWN, reason, message)

    def validate(self, target: str, params: Any) -> None:
        """Find nothing wrong."""
        return

    async def run(self, job: Job, net: Network, trace: Trace) -> Outcome:
        """Return why nothing is checked."""
        return self._outcome


def obstacles(ready: Plan) -> list[Fault]:
    """Return what of a plan its check cannot work with: the target, settings that exclude each other, assertions."""
    try:
        ready.check.validate(ready.job.target, ready.job.params)
    except Invalid as invalid:
        return list(invalid.faults)
    return validate(ready.job.assertions, ready.check.assertable) if ready.job.assertions else []


def unable(monitor_id: int, generation: int, config: MonitorConfig, *, reason: Reason, message: str) -> Plan:
    """Return the plan of a monitor that this process cannot check."""
    return Plan(
        monitor_id=monitor_id,
        generation=generation,
        interval=config.interval,
        retries=0,
        retry_interval=config.retry_interval,
        check=Unable(reason, message),
        job=Job(config.target, _Nothing(), TIMEOUT_S),
        expect=None,
    )
