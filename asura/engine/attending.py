"""Which probes are there (or can see), and what people know of it: each with its attendance, by the probe's id."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import msgspec

from asura.domain.attendance import SETTLE, Attendance, Tell, after_telling, changes_at, owed, turn


class Register:
    """The attendance of every probe. A turn is told of when it lasts for `settle`; those that follow soon with it."""

    def __init__(self, settle: timedelta) -> None:
        self._settle = settle
        self._known: dict[int, Attendance] = {}
        # Since when it was not there, as far as we know, the last time that it was not.
        self._left_at: dict[int, datetime] = {}

    def __contains__(self, probe_id: int) -> bool:
        return probe_id in self._known

    def open(self, left_at: Mapping[int, datetime], missed: Iterable[int], now: datetime) -> None:
        """Begin with these probes, and when each was last there, as if they were still; of those that are `missed`,
        people know that they are not.
        """
        away = frozenset(missed)
        self._known = {one: Attendance(there=one not in away, since=now, told=one not in away) for one in left_at}
        self._left_at = {one: at for one, at in left_at.items() if one in away}

    def note(self, probe_id: int, there: bool, now: datetime, *, left_at: datetime | None = None) -> bool:
        """Take in whether a probe is there, and return whether that has changed; at first nobody missed it.

        `left_at` is when it was there for the last time, where that was before now.
        """
        before = self._known.get(probe_id)
        after = Attendance(there=there, since=now) if before is None else turn(before, there, now)
        self._known[probe_id] = after
        if not there and after is not before:
            self._left_at[probe_id] = left_at or now
        return after is not before

    def forget(self, probe_id: int) -> None:
        """Forget a probe that is none any more."""
        self._known.pop(probe_id, None)
        self._left_at.pop(probe_id, None)

    def has(self, probe_id: int) -> bool:
        """Return whether a probe is there."""
        known = self._known.get(probe_id)
        return known is not None and known.there

    def left_at(self, probe_id: int) -> datetime:
        """Return when a probe was there for the last time before it went, the last time that it did."""
        return self._left_at.get(probe_id, self._known[probe_id].since)

    def away_s(self, probe_id: int) -> float:
        """Return for how many seconds a probe that is there was not."""
        return (self._known[probe_id].since - self.left_at(probe_id)).total_seconds()

    def due(self, now: datetime) -> dict[int, Tell]:
        """Return what is to be told now, by probe: with the first that is due, all that would follow it at once."""
        if all(owed(known, now, self._settle) is None for known in self._known.values()):
            return {}
        soon = now + min(self._settle, SETTLE)
        found = {probe_id: owed(known, soon, self._settle) for probe_id, known in self._known.items()}
        return {probe_id: tell for probe_id, tell in found.items() if tell is not None}

    def changes_at(self, now: datetime) -> datetime | None:
        """Return when the next thing is to be told."""
        times = (changes_at(known, now, self._settle) for known in self._known.values())
        return min((at for at in times if at is not None), default=None)

    def told(self, probe_ids: Iterable[int]) -> Mapping[int, Attendance]:
        """Return what is known of these probes once people are told of them as they are now."""
        return {probe_id: after_telling(self._known[probe_id]) for probe_id in probe_ids}

    def keep(self, told: Mapping[int, Attendance]) -> None:
        """Note that people were told; who came or went meanwhile did so all the same."""
        for probe_id, said in told.items():
            known = self._known.get(probe_id)
            if known is not None:
                self._known[probe_id] = msgspec.structs.replace(known, told=said.told, warned=said.warned)

    def missed(self, told: Mapping[int, Attendance]) -> list[int]:
        """Return of which probes people know that they are not there, once `told` is."""
        return sorted(probe_id for probe_id, known in (self._known | dict(told)).items() if not known.told)
