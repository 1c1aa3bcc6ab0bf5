"""What regions say, and what follows: the cases that the tests hold consensus to, and the table in docs/consensus.md.

python -m tests.domain.consensus_cases --write
"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from asura.domain.consensus import Agreement, Report, Silence, Verdict, consensus
from asura.domain.status import Status

PAGE = Path(__file__).resolve().parents[2] / "docs" / "consensus.md"
BEGIN, END = "<!-- cases: begin -->", "<!-- cases: end -->"
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
FRESH = timedelta(seconds=132)
REGIONS = ("local", "eu-west", "us-east", "ap-south", "sa-east")
JUST_OLD_ENOUGH, JUST_YOUNG_ENOUGH = FRESH, FRESH - timedelta(microseconds=1)

UP, DEGRADED, DOWN, UNKNOWN = Status.UP, Status.DEGRADED, Status.DOWN, Status.UNKNOWN
NONE, MINORITY, QUORUM = Agreement.NONE_FAILING, Agreement.MINORITY, Agreement.QUORUM
LOWERED, ALONE, NO_VOTE = Agreement.LOWERED, Agreement.ALONE, Agreement.NO_VOTE
PENDING, UNDECIDED = Status.PENDING, Agreement.UNDECIDED


class Case(NamedTuple):
    """What each region says, how many have to agree, and what follows. `needed` is the quorum in force."""

    title: str
    says: str
    quorum: int
    status: Status
    reason: Agreement
    needed: int

    @property
    def reports(self) -> list[Report]:
        """Return what each region says, as the domain has it."""
        words = self.says.split(", ")
        return [report(region, word) for region, word in zip(REGIONS, words, strict=False)]

    @property
    def verdict(self) -> Verdict:
        """Return what follows."""
        return consensus(self.reports, self.quorum, FRESH, NOW)


CASES = [
    Case("One region: it decides", "up", 1, UP, NONE, 1),
    Case("", "down", 1, DOWN, QUORUM, 1),
    Case("", "degraded", 1, DEGRADED, QUORUM, 1),
    Case("One region that has no vote", "down (stale)", 1, UNKNOWN, NO_VOTE, 1),
    Case("Two of three: none fails", "up, up, up", 2, UP, NONE, 2),
    Case("One fails: it is shown, and nothing opens", "up, down, up", 2, UP, MINORITY, 2),
    Case("Two fail", "up, down, down", 2, DOWN, QUORUM, 2),
    Case("All fail", "down, down, down", 2, DOWN, QUORUM, 2),
    Case("Recovery: fewer than the quorum fail, though one still does", "up, up, down", 2, UP, MINORITY, 2),
    Case("One of three, by setting", "up, down, up", 1, DOWN, QUORUM, 1),
    Case("All of three, by setting", "up, down, down", 3, UP, MINORITY, 3),
    Case("", "down, down, down", 3, DOWN, QUORUM, 3),
    Case("Two of two, the most of them", "up, down", 2, UP, MINORITY, 2),
    Case("", "down, down", 2, DOWN, QUORUM, 2),
    Case("Three of five", "up, up, up, down, down", 3, UP, MINORITY, 3),
    Case("", "up, up, down, down, down", 3, DOWN, QUORUM, 3),
    Case("", "down, down, down, down, down", 3, DOWN, QUORUM, 3),
    Case("Slow for enough", "up, degraded, degraded", 2, DEGRADED, QUORUM, 2),
    Case("Down for one, slow for another: at least degraded", "up, down, degraded", 2, DEGRADED, QUORUM, 2),
    Case("Down for enough, slow for the third", "degraded, down, down", 2, DOWN, QUORUM, 2),
    Case("Slow for one alone", "up, degraded, up", 2, UP, MINORITY, 2),
    Case("Three of five: down, down and slow", "up, up, down, down, degraded", 3, DEGRADED, QUORUM, 3),
    Case("A region has no vote; two are left, both must fail", "up, down, down (offline)", 2, UP, MINORITY, 2),
    Case("", "down, down, up (offline)", 2, DOWN, QUORUM, 2),
    Case("Three of five with two votes left: both must fail", "down, up, offline, blind, stale", 3, UP, MINORITY, 2),
    Case("", "down, down, offline, blind, stale", 3, DOWN, LOWERED, 2),
    Case("", "down, degraded, offline, blind, stale", 3, DEGRADED, LOWERED, 2),
    Case("One vote left of several: a warning", "down, offline, blind", 2, DOWN, ALONE, 1),
    Case("", "degraded, offline, blind", 2, DEGRADED, ALONE, 1),
    Case("One vote left, and all is well", "up, offline, blind", 2, UP, NONE, 1),
    Case("One vote left where one was enough anyway", "down, offline, blind", 1, DOWN, QUORUM, 1),
    Case("What a region said before does not count", "up, down (stale), down (offline)", 2, UP, NONE, 1),
    Case("", "up, down (blind), down (abstained)", 2, UP, NONE, 1),
    Case("A region abstains: its own check broke", "down, down, up (abstained)", 2, DOWN, QUORUM, 2),
    Case("A report is as old as reports may get", "down, down (stale), up (stale)", 2, DOWN, ALONE, 1),
    Case("A region has not said anything yet", "up, pending, pending", 2, UP, NONE, 1),
    Case(
        "One fails, and the others were asked a moment ago: they are waited for",
        "down, asked, asked",
        2,
        PENDING,
        UNDECIDED,
        2,
    ),
    Case("", "down, asked, offline", 2, PENDING, UNDECIDED, 2),
    Case("", "down, up, asked", 2, UP, MINORITY, 2),
    Case("", "down, down, asked", 2, DOWN, QUORUM, 2),
    Case("Everybody was asked a moment ago", "asked, asked, asked", 2, PENDING, UNDECIDED, 2),
    Case("Nobody has said anything for long", "pending, pending, pending", 2, UNKNOWN, NO_VOTE, 2),
    Case("Nobody has a vote", "up (stale), down (offline), up (blind)", 2, UNKNOWN, NO_VOTE, 2),
]


def report(region: str, word: str) -> Report:
    """Return what a region says: "down", "down (stale)" that it said so too long ago, "offline" that it never spoke,
    "asked" that it was asked a moment ago.
    """
    said, _, why = word.removesuffix(")").partition(" (")
    if said in set(Silence):
        said, why = "pending", said
    if said == "asked":
        return Report(region, at=NOW - JUST_YOUNG_ENOUGH)
    silence = None if why in {"", "stale", "pending"} else Silence(why)
    if said == "pending":
        return Report(region, silence=silence)
    age = JUST_OLD_ENOUGH if why == "stale" else JUST_YOUNG_ENOUGH
    return Report(region, Status(said), NOW - timedelta(minutes=5), NOW - age, silence)


def incident(verdict: Verdict) -> str:
    """Return what becomes of an incident, in a word or two."""
    if verdict.status in (Status.UNKNOWN, Status.PENDING):
        return "as it was"
    if verdict.status is Status.UP:
        return "none"
    return "warning" if verdict.cautious or verdict.status is Status.DEGRADED else "critical"


def table() -> str:
    """Return the cases as a table of Markdown, with what the code makes of them."""
    lines = [
        "| case | the regions say | set | in force | verdict | incident | reason |",
        "|---|---|---|---|---|---|---|",
    ]
    for case in CASES:
        found = case.verdict
        cells = (case.title, case.says, case.quorum, found.needed, found.status, incident(found), f"`{found.reason}`")
        lines.append(f"| {' | '.join(map(str, cells))} |".replace("|  |", "| |"))
    return "\n".join(lines)


def written(page: str) -> str:
    """Return a page with the table of now between its marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    if "--write" in sys.argv[1:]:
        PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
    else:
        print(table())
