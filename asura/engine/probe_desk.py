"""Probes as people enrol them: each has a key, which is shown once and revoked at once."""

import asyncio
import hmac
import sqlite3
from collections import Counter
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

import msgspec

from asura.clock import Clock
from asura.domain.probe import Probe
from asura.domain.region import LOCAL, REGION, is_local
from asura.engine import trail
from asura.engine.key_desk import Actor, hash_token, new_token
from asura.errors import Conflict, Fault, Invalid, NotFound
from asura.store import probes
from asura.store.db import Store

PROBE = "probe"
SHARED = "shared key"
MOST_PROBES = 1000
# Regions that nobody but the shared key named: each of them has a vote, and is told the secrets of checks.
MOST_BY_SHARED = 16
# A region that was ever named is known for as long as the process runs, and in the results for good.
MOST_REGIONS = 1000
LONGEST_NAME = 200
LONGEST_VERSION = 64
NOTE_EVERY = timedelta(minutes=1)


class ProbeDesk:
    """Keeps every probe in memory. `changed` is called after each change, when it is stored."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        enabled: bool = True,
        shared_hash: str = "",
        most: int = MOST_PROBES,
        most_regions: int = MOST_REGIONS,
    ) -> None:
        self._store = store
        self._clock = clock
        self._most, self._most_regions = most, most_regions
        self._shared_hash = shared_hash.lower()
        self._probes: dict[int, Probe] = {}
        self._by_hash: dict[str, int] = {}
        self._by_name: dict[tuple[str, str], int] = {}
        self._noted: dict[int, datetime] = {}
        # How many probes each region has; and every region that had one since the process began.
        self._regions = Counter[str]()
        self._ever: set[str] = set()
        # Held by whoever changes probes, so that no change is made of what another one is changing.
        self._lock = asyncio.Lock()
        self.enabled = enabled
        # Which regions there are, or who is in them, has changed: set by whoever divides the monitors.
        self.changed: Callable[[], None] = lambda: None
        # Returns the regions that monitors list: people named them.
        self.listed: Callable[[], Collection[str]] = lambda: ()
        # Called with the id of each probe whose key has ended, when that is stored: what it waits for ends too.
        self.revoked: list[Callable[[int], None]] = []

    def configure(self, shared_hash: str) -> None:
        """Exchange the key for all probes; those that came by the old one are refused from now on."""
        self._shared_hash = shared_hash.lower()

    async def load(self) -> None:
        """Read the stored probes."""
        for probe in await self._store.write(probes.load_all):
            self._keep(probe)

    def list(self) -> list[Probe]:
        """Return every probe, by id."""
        return sorted(self._probes.values(), key=lambda probe: probe.id)

    def get(self, probe_id: int) -> Probe:
        """Return a probe; raises NotFound."""
        try:
            return self._probes[probe_id]
        except KeyError:
            raise NotFound(f"there is no probe {probe_id}") from None

    def regions(self) -> tuple[str, ...]:
        """Return every region that has a probe, by name."""
        return tuple(sorted(self._regions))

    def has_region(self, region: str) -> bool:
        """Return whether a region has a probe."""
        return region in self._regions

    async def create(self, region: str, name: str, *, by: str) -> tuple[Probe, str]:
        """Enrol a probe and return it with its key, which is shown this once; raises Invalid and Conflict.

        Without a name it is called after its region, with a number.
        """
        name = name.strip()
        _check(region, name or region)
        token = new_token()
        async with self._lock:
            probe = await self._enrol(region, name or self._free_name(region), hash_token(token), by=by)
        self.changed()
        return probe, token

    async def rename(self, probe_id: int, name: str) -> Probe:
        """Give a probe another name; raises Invalid, NotFound and Conflict."""
        name = name.strip()
        async with self._lock:
            old = self.get(probe_id)
            _check(old.region, name)
            if name == old.name:
                return old
            probe = await self._replace(old, "update", name=name)
        self.changed()
        return probe

    async def rotate(self, probe_id: int) -> tuple[Probe, str]:
        """Give a probe another key; the old one ends at once. One that came by the shared key has its own from now."""
        token = new_token()
        async with self._lock:
            probe = await self._replace(self.get(probe_id), "rotate", hash=hash_token(token))
        self._end(probe_id)
        return probe, token

    async def delete(self, probe_id: int) -> None:
        """Revoke a probe at once; what it found stays."""
        async with self._lock:
            old, now = self.get(probe_id), self._clock.now()

            def change(db: sqlite3.Connection) -> None:
                probes.delete(db, probe_id)
                trail.record(db, "delete", PROBE, at=now, id=probe_id, name=old.name, old=_shown(old))

            await self._store.write(change)
            self._forget(old)
            self._noted.pop(probe_id, None)
        self._end(probe_id)

    def actor(self, token: str) -> Actor | None:
        """Return who a key belongs to: a probe (role `probe`, `key_id` its id), or any by the shared key (None)."""
        digest = hash_token(token)
        probe = self._probes.get(self._by_hash.get(digest, 0))
        if probe is not None:
            return Actor(f"{probe.region}/{probe.name}", PROBE, frozenset({PROBE}), probe.id)
        if self._shared_hash and hmac.compare_digest(digest, self._shared_hash):
            return Actor(SHARED, PROBE, frozenset({PROBE}))
        return None

    async def identify(self, actor: Actor, region: str, name: str) -> Probe:
        """Return the probe that calls: the one of its key, or by the shared key the one of that region and name, which
        is enrolled when it is new. An API key with the scope `probe` is like a shared one.

        Raises Conflict when its key is for another region, or the name belongs to a probe with a key of its own;
        Invalid without a region; NotFound when it was revoked a moment ago.
        """
        if actor.role == PROBE and actor.key_id is not None:
            probe = self.get(actor.key_id)
            if region not in ("", probe.region):
                raise Conflict(f"this key is for a probe of the region {probe.region!r}, not of {region!r}")
            return probe
        # Who gives no name is the first of the region: at each start the same.
        name = name.strip() or f"{region}-1"
        _check(region, name, missing="is needed with a key that several probes have: start it with --region")
        by = SHARED if actor.role == PROBE else actor.name
        known = self._named(region, name) or await self._join(region, name, by=by)
        if known.hash is not None:
            raise Conflict(f"the probe {region}/{name} has a key of its own: use it, or give this one another name")
        return known

    async def seen(self, probe_id: int, version: str, at: datetime) -> None:
        """Note that a probe was heard, at most once a minute, or when its version is another one."""
        version = version[:LONGEST_VERSION] if version.isprintable() else ""
        old = self._probes.get(probe_id)
        noted_at = self._noted.get(probe_id)
        fresh = noted_at is not None and abs(at - noted_at) < NOTE_EVERY
        if old is None or (fresh and version in ("", old.version)):
            return
        self._noted[probe_id] = at
        probe = self._probes[probe_id] = msgspec.structs.replace(old, version=version or old.version, last_seen_at=at)
        await self._store.write(lambda db: probes.touch(db, probe_id, probe.version, at))

    def _named(self, region: str, name: str) -> Probe | None:
        return self._probes.get(self._by_name.get((region, name), 0))

    def _free_name(self, region: str) -> str:
        taken = {one.name for one in self._probes.values() if one.region == region}
        return next(name for number in range(1, len(taken) + 2) if (name := f"{region}-{number}") not in taken)

    async def _join(self, region: str, name: str, *, by: str) -> Probe:
        """Return the probe of a region and name; of those who come at once only the first one enrols it."""
        async with self._lock:
            known = self._named(region, name)
            if known is not None:
                return known
            self._check_room(region)
            probe = await self._enrol(region, name, None, by=by)
        self.changed()
        return probe

    def _check_room(self, region: str) -> None:
        """Raise Conflict where a key that several have would name one region more than it may."""
        if self.has_region(region):
            return
        unnamed = self._regions.keys() - {probe.region for probe in self._probes.values() if probe.hash is not None}
        if len(unnamed) < MOST_BY_SHARED:
            return
        listed = self.listed()
        if region not in listed and len(unnamed.difference(listed)) >= MOST_BY_SHARED:
            raise Conflict(
                f"{MOST_BY_SHARED} regions were named by the shared key alone, and it may name no more: make a probe "
                f"of {region!r} with a key of its own, or list that region in a monitor"
            )

    async def _enrol(self, region: str, name: str, digest: str | None, *, by: str) -> Probe:
        if len(self._probes) >= self._most:
            raise Conflict(f"there are {self._most} probes already: delete those that are gone")
        if region not in self._ever and len(self._ever) >= self._most_regions:
            raise Conflict(f"{self._most_regions} regions were named since asura was started, and no more are taken")
        fresh = Probe(region=region, name=name, hash=digest, created_by=by, created_at=self._clock.now())

        def change(db: sqlite3.Connection) -> Probe:
            made = probes.insert(db, fresh)
            trail.record(db, "create", PROBE, at=made.created_at, id=made.id, name=made.name, new=_shown(made))
            return made

        probe = await self._store.write(change)
        self._keep(probe)
        return probe

    async def _replace(self, old: Probe, action: str, **fields: Any) -> Probe:
        """Store a probe with other values, and what somebody did in the audit log."""
        wanted, now = msgspec.structs.replace(old, **fields), self._clock.now()

        def change(db: sqlite3.Connection) -> None:
            probes.update(db, wanted)
            trail.record(db, action, PROBE, at=now, id=old.id, name=wanted.name, old=_shown(old), new=_shown(wanted))

        await self._store.write(change)
        # It may have been seen meanwhile.
        probe = msgspec.structs.replace(self._probes[old.id], **fields)
        self._forget(old)
        self._keep(probe)
        return probe

    def _keep(self, probe: Probe) -> None:
        self._probes[probe.id] = probe
        self._regions[probe.region] += 1
        self._ever.add(probe.region)
        self._by_name[probe.region, probe.name] = probe.id
        if probe.hash is not None:
            self._by_hash[probe.hash] = probe.id

    def _forget(self, probe: Probe) -> None:
        if self._probes.pop(probe.id, None) is not None:
            self._regions -= Counter((probe.region,))
        self._by_name.pop((probe.region, probe.name), None)
        self._by_hash.pop(probe.hash or "", None)

    def _end(self, probe_id: int) -> None:
        for hook in self.revoked:
            hook(probe_id)
        self.changed()


def _check(region: str, name: str, *, missing: str = "") -> None:
    faults = []
    if not region and missing:
        faults.append(Fault("region", missing))
    elif not REGION.fullmatch(region):
        faults.append(Fault("region", "must be 1 to 64 letters, digits, dots, dashes and underscores, as eu-west"))
    elif is_local(region):
        faults.append(Fault("region", f"{LOCAL!r} is asura itself; give the probe's region another name"))
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        faults.append(Fault("name", f"must be 1 to {LONGEST_NAME} characters, on one line"))
    if faults:
        raise Invalid(*faults)


def _shown(probe: Probe) -> dict[str, Any]:
    """Return what the audit log may tell of a probe: never its hash, only whether it has a key of its own."""
    return {"region": probe.region, "name": probe.name, "own_key": probe.hash is not None}
