"""A region that has no probe has no vote, so that nobody waits for it: a typo, or one that was not started yet."""

from pathlib import Path

from asura.domain.consensus import Agreement, Silence
from tests.engine.calling import OPTIONS, mute
from tests.engine.kit import offer
from tests.engine.probes_kit import edit, place
from tests.world import TIMEOUT, UP, World, world

OFFLINE = Silence.OFFLINE


async def test_a_region_that_is_listed_and_has_no_probe_has_no_vote(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        shop = await w.monitor(regions=["local", "eu-wset"])
        await w.monitor("plain")
        assert mute(w) == {"eu-wset": OFFLINE}
        await edit(w, shop, regions=["local", "us"])
        assert mute(w)["us"] is OFFLINE
        await w.restart()
        assert mute(w) == {"us": OFFLINE}
        # It has its vote as soon as a probe of it calls, and none once that is revoked.
        probe = await place(w, "us")
        assert mute(w) == {}
        await w.engine.probes.delete(probe.probe.id)
        assert mute(w) == {"us": OFFLINE}
        await edit(w, shop, regions=[])
        await w.engine.probes.create("eu", "", by="ada")
        assert mute(w) == {"eu": OFFLINE}


async def test_one_that_is_enrolled_and_never_called_has_no_vote_after_a_restart_either(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.engine.probes.create("eu", "", by="ada")
        await w.monitor(regions=["local", "eu"])
        assert mute(w) == {"eu": OFFLINE}
        await w.restart()
        assert mute(w) == {"eu": OFFLINE}


async def down(w: World, name: str) -> None:
    """A monitor that its only region finds down is down at once, as a warning."""
    view = w.engine.live.find(name)
    assert view is not None
    await offer(w, (view.monitor, UP))
    await w.advance(1)
    assert view.status.value == "up"
    await offer(w, (view.monitor, TIMEOUT))
    await w.advance(1)
    assert view.status.value == "down"
    assert view.verdict is not None
    assert view.verdict.reason is Agreement.ALONE
    (incident,) = w.engine.live.open_incidents()
    assert incident.severity == "warning"


async def test_what_the_only_region_that_is_there_finds_is_believed_at_once(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.monitor("ghost", regions=["local", "eu-wset"], interval=3600, retries=0, failure_threshold=1)
        await down(w, "ghost")


async def test_so_it_is_after_a_restart(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.monitor("ghost", regions=["local", "eu-wset"], interval=3600, retries=0, failure_threshold=1)
        await w.restart()
        await down(w, "ghost")


async def test_the_regions_that_people_named_are_those_of_monitors(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.monitor("a", regions=["local", "eu"])
        await w.monitor("b", regions=["us", "eu"])
        await w.monitor("c")
        assert set(w.engine.probes.listed()) == {"local", "eu", "us"}
