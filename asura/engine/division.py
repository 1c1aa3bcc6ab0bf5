"""How the monitors of each region are divided among its probes: who has which, and what each has yet to be told."""

from collections.abc import Collection, Iterable, Sequence

from asura.domain.probe import Probe
from asura.domain.sharding import shares
from asura.engine.assignments import Listing

# So long after a region let a monitor go, what it found is still taken as history.
LEFT_FOR_S = 3600.0
MOST_LEFT = 200_000
_NOTHING: frozenset[int] = frozenset()
# A monitor, and the regions that check it.
Placed = tuple[int, Sequence[str]]


class Division:
    """Keeps a list for each probe. `version` grows with each change, and is the number of all that change at once."""

    def __init__(self, version: int) -> None:
        self.version = version
        self.listings: dict[int, Listing] = {}
        self.online: frozenset[int] = _NOTHING
        # By region: those that share its monitors now, and which of them has which.
        self._sharers: dict[str, tuple[int, ...]] = {}
        self._owners: dict[str, dict[int, int]] = {}
        self._left: dict[tuple[int, str], float] = {}

    @property
    def regions(self) -> tuple[str, ...]:
        """Return every region that has a probe, by name."""
        return tuple(sorted(self._sharers))

    def listing(self, probe: Probe) -> Listing:
        """Return the list of a probe; an empty one when it is new."""
        known = self.listings.get(probe.id)
        if known is None:
            self.version += 1
            known = self.listings[probe.id] = Listing(probe.region, self.version)
        return known

    def enrol(self, probes: Sequence[Probe], able: frozenset[int], online: frozenset[int]) -> set[str]:
        """Take in who is there, and return the regions whose monitors have to be divided anew.

        Those who can see share a region; where none can, those that are there, and where none is, all: whoever comes
        back has its own. Whoever waits for the changes of a probe that is none any more is let go.
        """
        self.online = online
        before, self._sharers = self._sharers, _sharers(probes, able, online)
        for probe_id in self.listings.keys() - {probe.id for probe in probes}:
            self.listings.pop(probe_id).wake()
        for probe in probes:
            self.listing(probe)
        return {one for one in {*before, *self._sharers} if before.get(one) != self._sharers.get(one)}

    def divide(self, placed: Iterable[Placed], regions: Iterable[str]) -> None:
        """Give monitors to those who are to have them, in each of these regions."""
        self.version += 1
        placed, moved = list(placed), set[int]()
        for region in regions:
            owners, sharers = self._owners.setdefault(region, {}), self._sharers.get(region, ())
            mine = [monitor_id for monitor_id, where in placed if region in where]
            for probe_id, share in shares(mine, sharers).items():
                for monitor_id in share:
                    if owners.get(monitor_id) != probe_id:
                        moved |= self._give(owners, monitor_id, probe_id)
            if not sharers:
                for monitor_id, _ in placed:
                    owners.pop(monitor_id, None)
            if not owners:
                del self._owners[region]
        self._wake(moved)

    def place(self, monitor_id: int, regions: Sequence[str], *, asked: bool, now: float) -> None:
        """Give one monitor that was made or edited to a probe of each region, and take it from those of others."""
        self.version += 1
        moved = set[int]()
        for region in {*self._sharers, *self._owners}:
            owners = self._owners.setdefault(region, {})
            sharers = self._sharers.get(region, ()) if region in regions else ()
            new = next((probe_id for probe_id, share in shares([monitor_id], sharers).items() if share), None)
            if new is not None:
                moved |= self._give(owners, monitor_id, new, asked=asked)
            elif (old := owners.pop(monitor_id, None)) is not None:
                self._leave(monitor_id, region, now)
                moved |= self._take(monitor_id, old)
        self._wake(moved)

    def ask(self, monitor_id: int) -> bool:
        """Have a monitor checked at once; return whether anybody who has it is there."""
        self.version += 1
        having = {owners[monitor_id] for owners in self._owners.values() if monitor_id in owners}
        asked = having & self.online & self.listings.keys()
        for probe_id in asked:
            self.listings[probe_id].put(monitor_id, self.version, asked=True)
        self._wake(asked)
        return bool(asked)

    def held(self, probe_id: int) -> Collection[int]:
        """Return the ids of the monitors of a probe; to look something up, not to keep."""
        listing = self.listings.get(probe_id)
        return _NOTHING if listing is None else listing.held.keys()

    def has_left(self, monitor_id: int, region: str, now: float) -> bool:
        """Return whether a region let a monitor go not long ago."""
        left_at = self._left.get((monitor_id, region))
        return left_at is not None and now - left_at <= LEFT_FOR_S

    def _give(self, owners: dict[int, int], monitor_id: int, probe_id: int, *, asked: bool = False) -> set[int]:
        """Make a probe the one of its region that has a monitor, and return whose lists have changed."""
        before, owners[monitor_id] = owners.get(monitor_id), probe_id
        self.listings[probe_id].put(monitor_id, self.version, asked=asked)
        return {probe_id} if before in (None, probe_id) else {probe_id} | self._take(monitor_id, before)

    def _take(self, monitor_id: int, probe_id: int | None) -> set[int]:
        listing = self.listings.get(probe_id or 0)
        if listing is None or probe_id is None:
            return set()
        listing.drop(monitor_id, self.version)
        return {probe_id}

    def _leave(self, monitor_id: int, region: str, now: float) -> None:
        """Note that a region checks a monitor no more, and forget those of which that was long ago."""
        left = self._left
        left.pop((monitor_id, region), None)
        left[monitor_id, region] = now
        while left and (len(left) > MOST_LEFT or now - next(iter(left.values())) > LEFT_FOR_S):
            del left[next(iter(left))]

    def _wake(self, probe_ids: Iterable[int]) -> None:
        for probe_id in probe_ids:
            self.listings[probe_id].wake()


def _sharers(probes: Sequence[Probe], able: frozenset[int], online: frozenset[int]) -> dict[str, tuple[int, ...]]:
    """Return for each region which of its probes share its monitors."""
    by_region: dict[str, list[int]] = {}
    for probe in probes:
        by_region.setdefault(probe.region, []).append(probe.id)
    chosen = {}
    for region, ids in by_region.items():
        seeing, there = ([one for one in ids if one in those] for those in (able, online))
        chosen[region] = tuple(sorted(seeing or there or ids))
    return chosen
