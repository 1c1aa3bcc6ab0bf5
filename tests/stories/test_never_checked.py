"""A monitor that asura could never check, by a fault of its own, says so instead of waiting for its first check."""

from datetime import timedelta
from pathlib import Path

import pytest

from asura.domain.reason import Reason
from asura.domain.result import Outcome
from asura.domain.status import Finding
from asura.store import spans
from tests.stories.regions_kit import UNKNOWN, call, elsewhere, hear, passes, watched
from tests.world import START, UP, World, world

NO_RESOLVER = Outcome(Finding.UNKNOWN, Reason.OWN_RESOLVER, "No resolver answers here.")
OWN_BUG = Outcome(Finding.UNKNOWN, Reason.INTERNAL_ERROR, "The check failed by itself.")


@pytest.mark.parametrize("why", [NO_RESOLVER, OWN_BUG], ids=["no-resolver", "own-bug"])
async def test_where_asura_alone_checks_it_is_unknown_with_the_reason_also_after_a_restart(
    tmp_path: Path, why: Outcome
) -> None:
    async with world(tmp_path) as w:
        w.say(why)
        await w.monitor(interval=86400)
        assert shown(w) == ("unknown", why.reason.value, why.message)
        await w.restart(after=5)
        assert shown(w) == ("unknown", why.reason.value, why.message)


async def test_one_region_elsewhere_that_cannot_check_it_is_named_with_what_it_said(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await watched(w, regions=("eu",))
        far = await w.monitor("far", interval=60, retries=0, regions=["eu"])
        assert w.status("far") == "pending"
        await hear(w, far, eu=NO_RESOLVER)
        said = "Nothing is known of it: eu could not check it. No resolver answers here."
        assert shown(w, "far") == ("unknown", "no_vote", said)
        async with w.store.read() as reader:
            rows = await spans.read(reader, far.id, START, w.clock.now() + timedelta(seconds=1))
        assert rows[-1].status.value == "unknown"
        await hear(w, far, eu=UP)
        assert w.status("far") == "up"


async def test_regions_that_all_cannot_check_it_are_told_with_what_one_said_and_only_when_all_have_spoken(
    tmp_path: Path,
) -> None:
    async with world(tmp_path, elsewhere()) as w:
        await watched(w)
        new = await w.monitor("new", interval=60, retries=0)
        await hear(w, new, eu=NO_RESOLVER)
        assert shown(w, "new") == ("pending", "not_checked", "Waiting for us.")
        await passes(w, 5)
        await hear(w, new, us=UNKNOWN)
        said = "No region has a vote: eu and us could not check it. us: We were busy."
        assert shown(w, "new") == ("unknown", "no_vote", said)


async def test_a_probe_that_was_not_there_yet_leaves_it_waiting_for_its_first_check(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await watched(w, regions=("eu",))
        await passes(w, 30, "nobody")
        await w.monitor("far", interval=60, retries=0, regions=["eu"])
        await passes(w, 30, "nobody")
        said = "Nothing is known of it: eu has no probe online."
        assert shown(w, "far") == ("pending", "not_checked", said)
        call(w)


def shown(w: World, slug: str = "shop") -> tuple[str, str, str]:
    view = w.engine.live.find(slug)
    assert view is not None
    return view.status.value, view.reason, view.message
