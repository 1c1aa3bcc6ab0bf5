"""What probes are able to: that one is not any more counts at once, that it is again only after a while."""

# Each change divides the monitors of a region anew: whoever comes and goes many times a second is not followed.
HOLD_S = 2.0


class Ability:
    """Whether each probe is able, by its id. Instants are steady seconds that the caller brings along.

    One that is able again counts when that has held for two seconds; with `at_once` as soon as it is two seconds since
    it was not.
    """

    def __init__(self, *, at_once: bool = False) -> None:
        self._at_once = at_once
        # When each of those that are not able said so last, and since when it says that it is again.
        self._lost: dict[int, float] = {}
        self._back: dict[int, float] = {}

    def has(self, probe_id: int) -> bool:
        """Return whether a probe is able, as far as that counts."""
        return probe_id not in self._lost

    def note(self, probe_id: int, able: bool, at: float) -> bool:
        """Take in whether a probe is able, and return whether that changes anything at once: it is not any more."""
        if not able:
            new = probe_id not in self._lost
            self._lost[probe_id] = at
            self._back.pop(probe_id, None)
            return new
        if probe_id in self._lost and probe_id not in self._back:
            self._back[probe_id] = self._lost[probe_id] if self._at_once else at
        return False

    def waits(self, probe_id: int) -> bool:
        """Return whether a probe is able again, and that does not count yet."""
        return probe_id in self._back

    def settle(self, at: float) -> list[int]:
        """Return who counts as able again from now on."""
        settled = [probe_id for probe_id, since in self._back.items() if at - since >= HOLD_S]
        for probe_id in settled:
            self.forget(probe_id)
        return settled

    def waits_s(self, at: float) -> list[float]:
        """Return in how many seconds each of those who are able again will count as such."""
        return [max(0.0, since + HOLD_S - at) for since in self._back.values()]

    def forget(self, probe_id: int) -> None:
        """Forget what a probe was not able to."""
        self._lost.pop(probe_id, None)
        self._back.pop(probe_id, None)
