"""Everything of ours that can excuse a target: how this process ran, and whether it could see."""

from asura.domain.result import Result
from asura.domain.span import Gap
from asura.engine.auditor import Auditor
from asura.engine.live import Live
from asura.engine.sentinel import Sentinel


class OwnFaults:
    """Asks the auditor first, then the sentinel."""

    def __init__(self, auditor: Auditor, sentinel: Sentinel, live: Live) -> None:
        self._auditor = auditor
        self._sentinel = sentinel
        self._live = live

    def excuse(self, result: Result) -> Result:
        """Return the result, or an unknown one when a fault of ours explains it."""
        excused = self._auditor.excuse(result)
        return excused if excused is not result else self._sentinel.excuse(result)

    def gaps(self) -> list[Gap]:
        """Return our own gaps of late, after one more look at the clocks."""
        self._auditor.observe()
        return self._live.gaps
