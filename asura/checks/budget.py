"""How a check ends itself a moment before it is ended, so that it can say more than that it took too long."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from asura.checks.base import Job
from asura.net.errors import NetError
from asura.net.trace import Trace

# Phases in which whoever runs the check knows best what did not happen in time.
_PLAIN_PHASES = frozenset({"connect", "tls"})


def left(job: Job, trace: Trace) -> float:
    """Return the seconds that a check still has, less a little for its own last words."""
    own = max(job.timeout - max(0.05, job.timeout * 0.03), job.timeout * 0.5)
    return max(0.0, own - trace.elapsed_ms() / 1000)


@asynccontextmanager
async def deadline(job: Job, trace: Trace, failure: Callable[[], NetError]) -> AsyncIterator[None]:
    """Raise what `failure` returns when the block is not done in time; a plain TimeoutError while it connects."""
    try:
        async with asyncio.timeout(left(job, trace)):
            yield
    except TimeoutError:
        if trace.phase in _PLAIN_PHASES:
            raise
        raise failure() from None
