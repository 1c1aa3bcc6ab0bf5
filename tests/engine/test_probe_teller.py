"""What is told of probes and that it was told are one commit: a message that was not written is written later, once."""

from pathlib import Path

import pytest

from asura.errors import StoreUnavailable
from tests.engine.calling import OPTIONS, again, live_on, settled
from tests.engine.kit import break_commits, mend_commits, rows
from tests.world import world

KNOWN = "SELECT value FROM meta WHERE key = 'probes_missed'"


async def test_what_could_not_be_written_is_owed_still(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.channel()
        _, us = await settled(w, "eu/hetzner", "us/aws")
        await live_on(w, 18, us)
        await break_commits(w.store, "notifications")
        with pytest.raises(StoreUnavailable):
            await live_on(w, 5, us)
        assert await rows(w.store, KNOWN) == []
        await mend_commits(w.store)
        await live_on(w, 30, us)
        assert w.take() == [("ops", "Probe eu/hetzner is gone")]
        assert await rows(w.store, KNOWN) == [('{"gone":[1],"blind":[],"newest":0}',)]


async def test_people_know_it_before_the_process_is_killed_or_are_told_after_it(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.channel()
        eu, us = await settled(w, "eu/hetzner", "us/aws")
        # Gone, and nobody was told yet.
        await live_on(w, 18, us)
        await w.close()
        w.clock.turn(2)
        await w.start()
        (us,) = again(w, [us])
        await live_on(w, 30, us)
        assert w.take() == [("ops", "Probe eu/hetzner is gone")]
        await w.close()
        w.clock.turn(2)
        await w.start()
        await live_on(w, 60, *again(w, [us]))
        assert w.take() == []
        await live_on(w, 30, *again(w, [eu, us]))
        assert w.take() == [("ops", "Probe eu/hetzner is back")]
        assert await rows(w.store, KNOWN) == [('{"gone":[],"blind":[],"newest":0}',)]


async def test_a_probe_that_is_none_any_more_is_not_kept_as_missed(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        eu, us = await settled(w, "eu/hetzner", "us/aws")
        await live_on(w, 25, us)
        await w.engine.probes.delete(eu.probe.id)
        await live_on(w, 25)
        assert await rows(w.store, KNOWN) == [('{"gone":[2],"blind":[],"newest":0}',)]
