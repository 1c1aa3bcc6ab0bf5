"""The vigil: signs of life only while there is progress, a sentence when it changes, and no blame for a stop."""

import asyncio
import time
from pathlib import Path

import pytest

from asura import vigil as vigil_module
from asura.clock import SystemClock
from asura.domain.vitality import Part, Vitals
from asura.service_manager import Manager
from asura.vigil import Vigil
from tests.test_service_manager import Ear
from tests.world import FakeClock

STUCK = Vitals(parts=[Part("judge", 999.0)])


class Watched:
    """Something that is watched: it is as the test says."""

    def __init__(self, folder: Path, *, watchdog_s: float = 30.0) -> None:
        self.clock = FakeClock()
        self.vitals, self.sentence = Vitals(), "watching 3 monitors, 0 down"
        self.ear = Ear(str(folder / "notify"))
        self.manager = Manager(self.ear.way.getsockname(), watchdog_s=watchdog_s)
        self.vigil = Vigil(self.manager, self.clock, read=lambda: self.vitals, sentence=lambda: self.sentence)

    def look(self, *, after: float = 10.0) -> list[dict[str, str]]:
        """Look some seconds later and return what the manager heard."""
        self.clock.turn(after)
        self.vigil.look(self.clock.monotonic())
        found = []
        self.ear.way.setblocking(False)
        while True:
            try:
                found.append(self.ear.hear())
            except BlockingIOError:
                return found


ALIVE = {"WATCHDOG": "1"}


def test_signs_of_life_come_with_every_look_and_the_sentence_when_it_changes(tmp_path: Path) -> None:
    w = Watched(tmp_path)
    assert w.look() == [ALIVE, {"STATUS": "watching 3 monitors, 0 down"}]
    assert w.look() == [ALIVE]
    w.sentence = "watching 3 monitors, 1 down"
    assert w.look(after=2) == [ALIVE], "not more often than every ten seconds"
    assert w.look(after=8) == [ALIVE, {"STATUS": "watching 3 monitors, 1 down"}]
    w.ear.way.close()


def test_no_progress_no_sign_and_the_reason_in_log_and_status(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    w = Watched(tmp_path)
    w.look()
    w.vitals = STUCK
    assert w.look() == [ALIVE], "so far it has turned for twenty seconds only"
    assert w.look(after=500) == [{"STATUS": "stuck: the loop judge has not moved for 520 s"}]
    assert w.look(after=1) == [] and caplog.text.count("no more signs of life") == 1
    w.vitals = Vitals()
    assert w.look(after=1) == [ALIVE, {"STATUS": "watching 3 monitors, 0 down"}]
    assert "it goes on" in caplog.text
    w.vitals = STUCK._replace(store_works=False)
    assert w.look() == [ALIVE], "a new process would meet the same disk"
    w.ear.way.close()


def test_without_a_watchdog_nothing_but_the_sentence_is_said(tmp_path: Path) -> None:
    w = Watched(tmp_path, watchdog_s=0)
    assert w.look() == [{"STATUS": "watching 3 monitors, 0 down"}]
    assert w.look() == []
    w.ear.way.close()


async def test_a_hold_up_starts_the_count_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vigil_module, "HELD_UP_S", 0.2)
    w = Watched(tmp_path, watchdog_s=0.15)
    w.clock.turn(1000)
    w.vitals = STUCK
    vigil = Vigil(w.manager, SystemClock(), read=lambda: w.vitals, sentence=lambda: w.sentence)
    began = vigil._turning_since
    running = asyncio.ensure_future(vigil.run())
    await asyncio.sleep(0.02)
    # The whole loop stands still, as under SIGSTOP.
    time.sleep(0.6)
    await asyncio.sleep(0.2)
    assert vigil._turning_since > began + 0.5
    running.cancel()
    w.ear.way.close()


async def test_where_there_is_no_manager_the_vigil_is_over_at_once() -> None:
    def never() -> Vitals:
        raise AssertionError("nobody asked")

    async with asyncio.timeout(5):
        await Vigil(Manager(), SystemClock(), read=never, sentence=str).run()
