"""A verdict of regions in words."""

from collections.abc import Iterable, Mapping
from typing import Any

from asura.domain.consensus import Agreement, Silence, Verdict
from asura.domain.status import Status

# Why one region has no vote, and why several have none.
WHY = {
    Silence.PENDING: ("has not said anything yet", "have not said anything yet"),
    Silence.STALE: ("has said nothing for too long", "have said nothing for too long"),
    Silence.ABSTAINED: ("could not check it", "could not check it"),
    Silence.OFFLINE: ("has no probe online", "have no probe online"),
    Silence.BLIND: (
        "cannot see because its own connection is at fault",
        "cannot see because their own connections are at fault",
    ),
}
# The same of what is over.
_WHY_THEN = {
    Silence.PENDING: ("had not said anything yet",) * 2,
    Silence.STALE: ("had said nothing for too long",) * 2,
    Silence.ABSTAINED: ("could not check it",) * 2,
    Silence.OFFLINE: ("had no probe online",) * 2,
    Silence.BLIND: (
        "could not see because its own connection was at fault",
        "could not see because their own connections were at fault",
    ),
}


def sentence(verdict: Verdict, message: str, region: str) -> str:
    """Return what the regions say: the message of one of them, and how many say so."""
    if not verdict.failing or _regions(verdict) == 1:
        return message
    said = f"{region}: {message}" if region in verdict.failing else message
    return f"{said} {_count(verdict)}".strip()


def no_vote(verdict: Verdict, message: str = "", region: str = "") -> str:
    """Return why nothing is known of it, with what one region said that could not check it."""
    if not verdict.silent:
        return "No region checks it."
    alone = _regions(verdict) == 1
    known = "Nothing is known of it" if alone else "No region has a vote"
    said = message if alone or not message else f"{region}: {message}"
    return f"{known}: {_unheard(verdict.silent, WHY)}. {said}".strip()


def waiting(verdict: Verdict, message: str, region: str) -> str:
    """Return for whom it is waited before anything is believed."""
    asked = tuple(name for name, why in verdict.silent if why is Silence.PENDING)
    said = f"{region}: {message} " if message and region in verdict.failing else ""
    return f"{said}Waiting for {_listed(asked)}." if asked else said.strip()


def summary(verdict: Verdict) -> str:
    """Return what the regions agree on, without what any of them says: who fails, who does not, who has no vote."""
    if verdict.status is Status.PENDING:
        failing = f"It fails from {_listed(verdict.failing)}. " if verdict.failing else ""
        return f"{failing}{waiting(verdict, '', '')}"
    if verdict.failing:
        return _count(verdict)
    if not verdict.healthy:
        return no_vote(verdict)
    silent = f"; {_unheard(verdict.silent, WHY)}" if verdict.silent else ""
    return f"{_listed(verdict.healthy)} {'reaches' if len(verdict.healthy) == 1 else 'reach'} it{silent}."


def told(detail: Mapping[str, Any]) -> str:
    """Return the agreement that is kept with an event in words; empty when nothing was to be agreed on."""
    kept = detail.get("agreement")
    if not isinstance(kept, Mapping):
        return ""
    failing, healthy = tuple(kept["failing"]), tuple(kept["healthy"])
    silent = [(region, Silence(why)) for region, why in kept["silent"].items()]
    asked, needed, regions = kept["quorum"], kept["needed"], len(failing) + len(healthy) + len(silent)
    had = f"All {regions}" if asked == regions else f"{asked} of {regions}"
    voted = f", and {needed} had a vote" if needed < asked else ""
    parts = [f"{had} regions had to agree{voted}"] if regions > 1 else []
    seen = [f"{_listed(failing)} saw it fail"] if failing else []
    if healthy:
        seen.append(f"{_listed(healthy)} did not" if failing else f"{_listed(healthy)} saw it work")
    parts += [", ".join(seen)] if seen else []
    parts += [_unheard(silent, _WHY_THEN)] if silent else []
    return f"{'; '.join(parts)}." if parts else ""


def _count(verdict: Verdict) -> str:
    fail, vote = len(verdict.failing), len(verdict.failing) + len(verdict.healthy)
    seen = f"It fails from {_listed(verdict.failing)}"
    if _regions(verdict) == 1:
        return f"{seen}."
    if verdict.reason is Agreement.MINORITY:
        return f"{seen} alone, {fail} of {vote}; {verdict.needed} have to agree."
    if verdict.reason is Agreement.QUORUM:
        return f"{seen}, {fail} of {vote}; {verdict.asked} had to agree."
    only = "the only region that has a vote" if vote == 1 else "all that have a vote"
    return f"{seen}, {only}: {_unheard(verdict.silent, WHY)}."


def _unheard(silent: Iterable[tuple[str, Silence]], words: Mapping[Silence, tuple[str, str]]) -> str:
    """Return why regions have no vote; those with one reason are told of together."""
    names: dict[Silence, list[str]] = {}
    for region, why in silent:
        names.setdefault(why, []).append(region)
    return "; ".join(f"{_listed(tuple(regions))} {words[why][len(regions) > 1]}" for why, regions in names.items())


def _regions(verdict: Verdict) -> int:
    return len(verdict.failing) + len(verdict.healthy) + len(verdict.silent)


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
