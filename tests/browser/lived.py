"""An asura with a past: seeded, running, and with a small internet that goes on from there."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tests.browser.internet import Internet
from tests.browser.running import Asura
from tests.browser.seeding import seed


@contextlib.contextmanager
def living(folder: Path, *, days: int) -> Iterator[Asura]:
    """Yield an asura with days behind it, in which one service is down, one is slow, a job has failed; Vic may look."""
    internet = Internet(down=("checkout.example.com",), slow=("search.example.com",))
    internet.start()
    program = Asura(folder)
    (folder / "data").mkdir(mode=0o700)
    seed(folder / "data", count=20, days=days, internet=internet)
    program.start()
    program.user("Vic")
    yield program
    program.stop()
    internet.stop()
