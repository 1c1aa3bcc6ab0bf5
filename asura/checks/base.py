"""What a check type is: a name, a struct of parameters, and one function."""

from typing import Any, Literal, Protocol

import msgspec

from asura.domain.monitor import Assertion
from asura.domain.result import Outcome
from asura.net.network import Network
from asura.net.trace import Trace


class Job(msgspec.Struct, frozen=True):
    """One check to be made. `timeout` is the budget in seconds for everything; whoever calls enforces it."""

    target: str
    params: Any
    timeout: float
    assertions: tuple[Assertion, ...] = ()
    assertions_match: Literal["all", "any"] = "all"


class CheckType(Protocol):
    """One protocol that asura can check. A module in this folder offers one as `CHECK`."""

    name: str
    title: str
    # What stands in the target field: a sentence for the form.
    target_help: str
    # A frozen struct that refuses unknown fields; it drives validation, API, form and docs.
    params: type[msgspec.Struct]
    # The words that an assertion of this type may be about (`status`, `body`, …).
    assertable: frozenset[str]

    def validate(self, target: str, params: Any) -> None:
        """Raise `Invalid` with paths `target` or `settings.…` where the combination cannot work."""
        ...

    async def run(self, job: Job, net: Network, trace: Trace) -> Outcome:
        """Check once. Raises NetError where the target fails on the way; never enforces the time-out itself."""
        ...
