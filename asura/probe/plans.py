"""What this probe is to check, kept in step with what the primary says."""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

import msgspec

from asura import __version__, log
from asura.domain import fields
from asura.domain.fields import Secret
from asura.domain.monitor import MonitorConfig
from asura.domain.reason import Reason
from asura.domain.result import Result
from asura.domain.wire import Assigned, Assignment
from asura.probe.unfit import Unfit
from asura.running.plan import Plan, plan
from asura.running.runner import Runner
from asura.running.unable import obstacles, unable

LOG = logging.getLogger(__name__)

# So many monitors that were never checked begin at once; more of them are spread over a minute.
AT_ONCE = 250
# So many are prepared before others have their turn.
AT_A_TIME = 200
# No primary is believed to want more of one probe: that many monitors, and as many bytes of them as they travel.
MOST_HELD = 100_000
MOST_BYTES = 64 * 1024 * 1024
LONGEST_VERSION = 64
_LONG_AGO = 0.0


class Known(NamedTuple):
    """A monitor as it runs: its plan, a digest of what that was made of and its size, how often it was asked for."""

    plan: Plan
    digest: bytes
    size: int
    asked: int
    last: Result | None = None


class Plans:
    """The monitors of this probe by id. `forgotten` is called with each that is not checked any more as it was."""

    def __init__(
        self,
        runner: Runner,
        now: Callable[[], datetime],
        *,
        forgotten: Callable[[int], None],
        most: int = MOST_HELD,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._runner = runner
        self._most, self._most_bytes = most, most_bytes
        self._now = now
        self._forgotten = forgotten
        self._known: dict[int, Known] = {}
        # When somebody asked for a check of a monitor that has not begun since.
        self._asked_at: dict[int, datetime] = {}
        self._cleared = 0
        self._bytes = 0
        # Grows with each monitor that comes, goes, or is another one than before.
        self.changes = 0
        self.unfit = Unfit(now)
        self.tag = ""
        self.version = ""

    def __len__(self) -> int:
        return len(self._known)

    async def take(self, assigned: Assigned, *, since: str = "") -> None:
        """Take in what the primary says: everything, or what has changed since a tag; a few at a time.

        What has changed since another tag than the present one is passed over, and asked for again.
        """
        if not assigned.full and since != self.tag:
            return
        self.version = assigned.version[:LONGEST_VERSION]
        for monitor_id in self._gone(assigned):
            self._remove(monitor_id)
        new, cleared = 0, self._cleared
        for start in range(0, len(assigned.monitors), AT_A_TIME):
            if start:
                await asyncio.sleep(0)
            if self._cleared != cleared:
                return
            new += self._put_some(assigned.monitors[start : start + AT_A_TIME], new=new)
        self.tag = assigned.tag
        self.unfit.tell()

    def clear(self) -> None:
        """Forget everything: nothing is checked until the primary says again what is to be."""
        for monitor_id in list(self._known):
            self._remove(monitor_id)
        self.tag = ""
        self._cleared += 1

    def all(self) -> list[Plan]:
        """Return every plan, by the monitor's id."""
        return [self._known[monitor_id].plan for monitor_id in sorted(self._known)]

    def found(self, result: Result) -> None:
        """Note a result; a check that began before its monitor was asked for is made once more.

        The runner frees the place of the check before the scheduler looks again.
        """
        known = self._known.get(result.monitor_id)
        if known is None:
            return
        bare = msgspec.structs.replace(result, evidence=None)
        self._known[result.monitor_id] = known._replace(last=bare)
        asked_at = self._asked_at.get(result.monitor_id)
        if asked_at is None:
            return
        if result.at >= asked_at:
            del self._asked_at[result.monitor_id]
        else:
            self._runner.scheduler.add(known.plan, at_once=True)

    def seen(self) -> Iterator[tuple[str, Result | None]]:
        """Yield each target with what was found there last."""
        return ((known.plan.job.target, known.last) for known in self._known.values())

    def _gone(self, assigned: Assigned) -> Iterable[int]:
        if not assigned.full:
            return assigned.gone
        return self._known.keys() - {one.id for one in assigned.monitors}

    def _remove(self, monitor_id: int) -> None:
        self._runner.scheduler.remove(monitor_id)
        known = self._known.pop(monitor_id, None)
        if known is not None:
            self._bytes -= known.size
            self.changes += 1
        self._asked_at.pop(monitor_id, None)
        self._forgotten(monitor_id)

    def _put_some(self, monitors: Iterable[Assignment], *, new: int) -> int:
        """Have monitors checked; return how many of them were never checked before, after `new` others."""
        fresh, secrets = 0, list[Secret]()
        for one in monitors:
            try:
                fresh += self._put(one, secrets, crowded=new + fresh >= AT_ONCE)
            except Exception as error:  # One bad row fails alone.
                LOG.debug("a monitor cannot be taken in", exc_info=True)
                self.unfit.add(f"A monitor that the primary gave cannot be taken in: {type(error).__name__}.")
        if secrets:
            log.know(*secrets)
        return fresh

    def _put(self, one: Assignment, secrets: list[Secret], *, crowded: bool) -> bool:
        """Have a monitor checked as the primary says; return whether it was never checked before."""
        known, (digest, size) = self._known.get(one.id), _digest(one)
        asked = known is not None and one.asked > known.asked
        same = known is not None and known.digest == digest
        if known is not None and same:
            self._known[one.id] = known._replace(asked=one.asked)
            if not asked:
                return False
        elif not self._has_room(known, size):
            self._remove(one.id)
            self.unfit.add(f"Monitor {one.id} is not checked: this probe holds as many as it can.")
            return False
        else:
            self._forgotten(one.id)
            self._known[one.id] = known = self._take_in(one, known, digest, size)
            fields.map_secrets(fields.plain(known.plan.job.params), secrets.append)
        new = one.last_at is None
        at_once = asked or (new and not crowded)
        if asked:
            self.changes += 1
            self._asked_at[one.id] = self._now()
        last_at = _LONG_AGO if new else one.last_at
        self._runner.scheduler.add(known.plan, at_once=at_once, last_at=last_at)
        return new

    def _has_room(self, known: Known | None, size: int) -> bool:
        count, held = len(self._known), self._bytes
        if known is not None:
            count, held = count - 1, held - known.size
        return count < self._most and held + size <= self._most_bytes

    def _take_in(self, one: Assignment, before: Known | None, digest: bytes, size: int) -> Known:
        known = Known(self._ready(one), digest, size, one.asked)
        self._bytes += size - (before.size if before is not None else 0)
        self.changes += 1
        return known

    def _ready(self, one: Assignment) -> Plan:
        """Return the plan of a monitor; one that this version cannot run says so at each turn."""
        config = _config(one)
        try:
            ready = plan(one.id, one.generation, config)
            faults = obstacles(ready)
        except KeyError:
            text = f"This probe (asura {__version__}) has no check type {one.type!r:.40}"
            return self._unable(one, config, f"{text}: {self._upgrade()}")
        except msgspec.ValidationError as error:
            return self._unable(one, config, self._not_understood(str(error)))
        except Exception as error:  # One bad row fails alone.
            LOG.debug("a monitor cannot be prepared", exc_info=True)
            text = f"asura itself failed to prepare this check: {type(error).__name__}. Please report it."
            self.unfit.add(f"Monitor {one.id} is not checked. {text}")
            return unable(one.id, one.generation, config, reason=Reason.INTERNAL_ERROR, message=text)
        if faults:
            words = "; ".join(f"{fault.path}: {fault.message}" for fault in faults[:3])
            return self._unable(one, config, self._not_understood(words))
        return ready

    def _unable(self, one: Assignment, config: MonitorConfig, text: str) -> Plan:
        self.unfit.add(f"Monitor {one.id} is not checked. {text}")
        return unable(one.id, one.generation, config, reason=Reason.NOT_PERMITTED, message=text)

    def _not_understood(self, why: str) -> str:
        text = f"This probe (asura {__version__}) does not understand the settings of this check ({why:.300})"
        return f"{text}: {self._upgrade()}"

    def _upgrade(self) -> str:
        return f"upgrade it to {self.version}." if self.version not in ("", __version__) else "correct the monitor."


def _config(one: Assignment) -> MonitorConfig:
    return MonitorConfig(
        name=f"monitor {one.id}",
        type=one.type,
        target=one.target,
        interval=max(one.interval, 1.0),
        timeout=one.timeout,
        retries=one.retries,
        retry_interval=one.retry_interval,
        latency_threshold_ms=one.latency_threshold_ms,
        upside_down=one.upside_down,
        settings=one.settings,
        assertions=one.assertions,
        assertions_match=one.assertions_match,
    )


def _digest(one: Assignment) -> tuple[bytes, int]:
    """Return what tells whether anything that matters to the check has changed, and how many bytes it has."""
    lasting = msgspec.json.encode(msgspec.structs.replace(one, asked=0, last_at=None))
    return hashlib.blake2b(lasting, digest_size=12).digest(), len(lasting)
