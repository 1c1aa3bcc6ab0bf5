"""A verdict of regions in words."""

from asura.domain.consensus import Agreement, Silence, Verdict

WHY = {
    Silence.PENDING: "has not said anything yet",
    Silence.STALE: "has said nothing for too long",
    Silence.ABSTAINED: "could not check it",
    Silence.OFFLINE: "has no probe that is there",
    Silence.BLIND: "cannot see: its own connection is at fault",
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
