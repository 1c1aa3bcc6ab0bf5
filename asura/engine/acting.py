"""Who acts, and from where: known to every change that is stored on behalf of a request, a command or a file."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple


class Acting(NamedTuple):
    """A name as the audit log has it, and the address (empty for what came by no network)."""

    name: str
    address: str = ""


OURSELVES = Acting("asura")
COMMAND_LINE = Acting("command line")
CONFIGURATION = Acting("configuration file")

_NOW: ContextVar[Acting] = ContextVar("acting", default=OURSELVES)


def who() -> Acting:
    """Return who acts now; asura itself where nobody said otherwise."""
    return _NOW.get()


def become(whom: Acting) -> None:
    """Act on behalf of somebody who has only now proved who they are, up to the end of what `acting` began."""
    _NOW.set(whom)


@contextmanager
def acting(as_whom: Acting) -> Iterator[None]:
    """Act on somebody's behalf, in this task and in what it starts or stores."""
    before = _NOW.set(as_whom)
    try:
        yield
    finally:
        _NOW.reset(before)
