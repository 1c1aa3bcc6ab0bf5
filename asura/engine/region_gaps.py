"""The gaps of regions in the store: stretches in which nobody of a region was there, or nobody of it could see."""

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from asura.domain.consensus import Silence
from asura.domain.probe import Probe
from asura.domain.reason import Reason
from asura.store import gaps
from asura.store.db import Store

REASONS = {Silence.OFFLINE: Reason.REGION_OFFLINE, Silence.BLIND: Reason.REGION_BLIND}


class Silenced(NamedTuple):
    """Why a region is silent, and since when."""

    why: Silence
    since: datetime


class RegionGaps:
    """Has one open gap for each region that is silent, as of the last time that it was told who is."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._open: dict[str, tuple[int, Silenced]] = {}

    async def start(self, silenced: Mapping[str, Silenced], now: datetime) -> None:
        """End what was open when the process ended, and begin anew with those that are silent still."""

        def end(db: sqlite3.Connection) -> None:
            for gap_id, _, _ in gaps.open_regions(db):
                gaps.end(db, gap_id, now)

        await self._store.write(end)
        await self.keep({region: Silenced(one.why, now) for region, one in silenced.items()}, now)

    async def keep(self, silenced: Mapping[str, Silenced], now: datetime) -> None:
        """End the gaps of regions that have their vote again, and begin those of others, in one commit."""
        ended = {
            region: gap_id
            for region, (gap_id, known) in self._open.items()
            if region not in silenced or silenced[region].why is not known.why
        }
        begun = {
            region: Silenced(one.why, now if region in ended else min(one.since, now))
            for region, one in silenced.items()
            if region in ended or region not in self._open
        }
        if not ended and not begun:
            return

        def change(db: sqlite3.Connection) -> dict[str, tuple[int, Silenced]]:
            for gap_id in ended.values():
                gaps.end(db, gap_id, now)
            return {region: (gaps.begin(db, one.since, REASONS[one.why], region), one) for region, one in begun.items()}

        opened = await self._store.write(change)
        self._open = {region: known for region, known in self._open.items() if region not in ended} | opened


def silenced(
    probes: Iterable[Probe], heard_at: Mapping[int, datetime], mute: Mapping[str, Silence], now: datetime
) -> dict[str, Silenced]:
    """Return which regions are silent that were not always so, and since when."""
    heard: dict[str, datetime] = {}
    for probe in probes:
        at = heard_at.get(probe.id)
        if at is not None:
            heard[probe.region] = max(at, heard.get(probe.region, at))
    return {
        region: Silenced(why, heard[region] if why is Silence.OFFLINE else now)
        for region, why in mute.items()
        if region in heard
    }
