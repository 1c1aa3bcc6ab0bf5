"""A verdict of regions in words."""

from collections.abc import Mapping
from typing import Any

from asura.domain.consensus import Agreement, Silence, Verdict

WHY = {
    Silence.PENDING: "has not said anything yet",
    Silence.STALE: "has said nothing for too long",
    Silence.ABSTAINED: "could not check it",
    Silence.OFFLINE: "has no probe that is there",
    Silence.BLIND: "cannot see: its own connection is at fault",
}
# The same of what is over.
_WHY_THEN = {
    Silence.PENDING: "had not said anything yet",
    Silence.STALE: "had said nothing for too long",
    Silence.ABSTAINED: "could not check it",
    Silence.OFFLINE: "had no probe that was there",
    Silence.BLIND: "could not see: its own connection was at fault",
}


def sentence(verdict: Verdict, message: str, region: str) -> str:
    """Return what the regions say: the message of one of them, and how many say so."""
    if not verdict.failing:
        return message
    said = f"{region}: {message}" if region in verdict.failing else message
    return f"{said} {_count(verdict)}".strip()


def no_vote(verdict: Verdict) -> str:
    """Return why nothing is known of it."""
    if not verdict.silent:
        return "No region checks it."
    return f"No region has a vote: {_silent(verdict)}."


def summary(verdict: Verdict) -> str:
    """Return what the regions agree on, without what any of them says: who fails, who does not, who has no vote."""
    if verdict.failing:
        return _count(verdict)
    if not verdict.healthy:
        return no_vote(verdict)
    silent = f"; {_silent(verdict)}" if verdict.silent else ""
    return f"{_listed(verdict.healthy)} {'reaches' if len(verdict.healthy) == 1 else 'reach'} it{silent}."


def told(detail: Mapping[str, Any]) -> str:
    """Return the agreement that is kept with an event in words; empty when nothing was to be agreed on."""
    kept = detail.get("agreement")
    if not isinstance(kept, Mapping):
        return ""
    failing, healthy, silent = tuple(kept["failing"]), tuple(kept["healthy"]), kept["silent"]
    asked, needed = kept["quorum"], kept["needed"]
    had = f"{asked} of {len(failing) + len(healthy) + len(silent)} regions had to agree"
    voted = f", and {needed} had a vote" if needed < asked else ""
    seen = [f"{_listed(failing)} saw it fail"] if failing else []
    if healthy:
        seen.append(f"{_listed(healthy)} did not" if failing else f"{_listed(healthy)} saw it work")
    unheard = [f"{region} {_WHY_THEN[Silence(why)]}" for region, why in silent.items()]
    return f"{'; '.join([had + voted, ', '.join(seen), *unheard])}."


def _count(verdict: Verdict) -> str:
    fail, vote = len(verdict.failing), len(verdict.failing) + len(verdict.healthy)
    seen = f"It fails from {_listed(verdict.failing)}"
    if verdict.reason is Agreement.MINORITY:
        return f"{seen} alone, {fail} of {vote}; {verdict.needed} have to agree."
    if verdict.reason is Agreement.QUORUM:
        return f"{seen}, {fail} of {vote}; {verdict.asked} had to agree."
    only = "the only region that has a vote" if vote == 1 else "all that have a vote"
    return f"{seen}, {only}: {_silent(verdict)}."


def _silent(verdict: Verdict) -> str:
    return "; ".join(f"{region} {WHY[why]}" for region, why in verdict.silent)


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
