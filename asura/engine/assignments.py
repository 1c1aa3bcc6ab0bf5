"""What one probe is to check: its list, kept by change, and how that becomes what travels to it."""

import asyncio
from collections.abc import Iterator
from typing import Any

import msgspec

from asura.domain import wire
from asura.domain.fields import Secret
from asura.engine.monitor_state import MonitorState

# Monitors that a probe is to drop and has not yet been told of; with more, it gets everything anew.
MOST_GONE = 20_000


class Listing:
    """The monitors of one probe, by id, each with the version at which it last changed; the newest are the last."""

    def __init__(self, region: str, version: int) -> None:
        self.region = region
        self.held: dict[int, int] = {}
        self.version = version
        self._asked: dict[int, int] = {}
        self._gone: dict[int, int] = {}
        # What was dropped before this version is forgotten.
        self._floor = version
        self._changed = asyncio.Event()

    def __len__(self) -> int:
        return len(self.held)

    def put(self, monitor_id: int, version: int, *, asked: bool = False) -> None:
        """Take a monitor in, or note that it changed; `asked`: it is to be checked at once."""
        self.held.pop(monitor_id, None)
        self.held[monitor_id] = version
        self._gone.pop(monitor_id, None)
        if asked:
            self._asked[monitor_id] = version
        self.version = version

    def drop(self, monitor_id: int, version: int) -> None:
        """Let a monitor go."""
        if self.held.pop(monitor_id, None) is None:
            return
        self._asked.pop(monitor_id, None)
        self._gone[monitor_id] = version
        self.version = version
        if len(self._gone) > MOST_GONE:
            self._floor = version
            self._gone.clear()

    def asked(self, monitor_id: int) -> int:
        """Return a number that grows each time that a monitor is to be checked at once."""
        return self._asked.get(monitor_id, 0)

    def knows(self, since: int) -> bool:
        """Return whether it can tell what has changed since a version."""
        return self._floor <= since <= self.version

    def changed(self, since: int) -> Iterator[int]:
        """Yield what was taken in or changed after a version, newest first."""
        for monitor_id in reversed(self.held):
            if self.held[monitor_id] <= since:
                return
            yield monitor_id

    def gone(self, since: int) -> tuple[int, ...]:
        """Return what was dropped after a version. The probe has that version: what is older is forgotten."""
        self._gone = {monitor_id: version for monitor_id, version in self._gone.items() if version > since}
        self._floor = since
        return tuple(self._gone)

    def wake(self) -> None:
        """Let everybody go on who waits for a change."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def wait(self, seconds: float) -> None:
        """Wait until somebody wakes, `seconds` at most."""
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return


def assignment(state: MonitorState, region: str, *, asked: int) -> wire.Assignment:
    """Return a monitor as a probe of a region has to run it. Its secrets are still `Secret` values.

    What its region found before it was edited or resumed is not its last check: as it is now, it is new there.
    """
    monitor, last = state.monitor, state.last_of(region)
    config = monitor.config
    return wire.Assignment(
        id=monitor.id,
        generation=monitor.generation,
        type=config.type,
        target=config.target,
        interval=config.interval,
        timeout=config.timeout,
        retries=config.retries,
        retry_interval=config.retry_interval,
        latency_threshold_ms=config.latency_threshold_ms,
        upside_down=config.upside_down,
        settings=config.settings,
        assertions=config.assertions,
        assertions_match=config.assertions_match,
        asked=asked,
        last_at=last.at.timestamp() if last is not None and last.generation == monitor.generation else None,
    )


def encoded(assigned: wire.Assigned) -> bytes:
    """Return the JSON for the probe that it is for. This alone makes secrets text: it never is in a value of ours."""
    return _ENCODER.encode(assigned)


def _reveal(value: Any) -> Any:
    if isinstance(value, Secret):
        return value.reveal()
    raise NotImplementedError(f"no encoder for {type(value)!r}")


_ENCODER = msgspec.json.Encoder(enc_hook=_reveal)
