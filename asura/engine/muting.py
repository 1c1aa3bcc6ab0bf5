"""Which regions have no vote: nobody of them is there, nobody of them sees, or they have no probe at all."""

from collections.abc import Iterable

from asura.domain.consensus import Silence
from asura.domain.region import LOCAL
from asura.engine.attending import Register
from asura.engine.live import Live
from asura.engine.probe_desk import ProbeDesk


class Muting:
    """Follows who is there and who sees. Whoever lists a region that has no probe waits for nobody."""

    def __init__(self, live: Live, desk: ProbeDesk, *, presence: Register, sight: Register) -> None:
        self._live = live
        self._desk = desk
        self._presence, self._sight = presence, sight

    def follow(self) -> frozenset[str]:
        """Take votes and give them back, and return the regions that lost or got back theirs."""
        before, mute = self._live.mute, self._mute()
        moved = {region for region in {*before, *mute} if before.get(region) is not mute.get(region)}
        if moved:
            self._live.mute = mute
        return frozenset(moved)

    def name(self, regions: Iterable[str]) -> None:
        """Take the vote of those of the regions of a monitor that have no probe."""
        mute, followed = self._live.mute, (LOCAL, *self._live.known_regions)
        fresh = [one for one in regions if one not in mute and one not in followed]
        if fresh:
            self._live.mute = mute | dict.fromkeys(fresh, Silence.OFFLINE)

    def listed(self) -> set[str]:
        """Return every region that people named in a monitor."""
        return {one for regions in {state.monitor.config.regions for state in self._live.states()} for one in regions}

    def _mute(self) -> dict[str, Silence]:
        checking = {one for regions in {state.electorate.regions for state in self._live.states()} for one in regions}
        mute = dict.fromkeys((*(checking - {LOCAL}), *self._desk.regions()), Silence.OFFLINE)
        for probe in self._desk.list():
            if self._presence.has(probe.id) and mute.get(probe.region) is not None:
                if self._sight.has(probe.id):
                    del mute[probe.region]
                else:
                    mute[probe.region] = Silence.BLIND
        return mute
