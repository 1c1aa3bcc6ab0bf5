"""Jobs that call in, come late, fail, never end, or never come: what people are told, and what they are not."""

from pathlib import Path

from asura.domain.ping import PingKind
from tests.world import START, world


async def test_a_missed_backup_is_told_when_its_grace_ends_and_resolved_by_the_next_one(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        await w.heartbeat()
        assert w.status("backup") == "pending"
        await w.ping()
        assert w.status("backup") == "up"
        await w.advance(3600 + 1)
        assert w.status("backup") == "late"
        await w.advance(299)
        assert w.take() == []
        await w.advance(1)
        assert w.status("backup") == "down"
        assert w.take() == [("ops", "DOWN: Backup")]
        assert (
            f"No ping since it was expected at {START:%Y-%m-%d} 13:00:00 UTC, with 5 min of grace"
            in w.messages[-1].text
        )
        await w.advance(600)
        await w.ping()
        assert w.status("backup") == "up"
        assert w.take() == [("ops", "UP: Backup, after 10 min 1 s")]


async def test_a_job_that_fails_with_exit_status_3(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        await w.heartbeat()
        await w.ping()
        await w.advance(60)
        await w.ping(kind=PingKind.FAIL, exit_status=3, body=b"copying\nno space left on device\n", body_bytes=33)
        assert w.take() == [("ops", "DOWN: Backup")]
        assert "The job failed with exit status 3: no space left on device" in w.messages[-1].text
        await w.advance(30)
        await w.ping()
        assert w.take() == [("ops", "UP: Backup, after 30 s")]


async def test_a_restart_in_the_grace_moves_the_deadline_by_our_absence(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        await w.heartbeat()
        await w.ping()
        await w.advance(3700)
        assert w.status("backup") == "late"
        await w.restart(after=600)
        await w.advance(190)
        assert w.status("backup") in ("late", "up")
        assert w.take() == []
        await w.advance(15)
        assert w.status("backup") == "down"
        assert w.take() == [("ops", "DOWN: Backup")]
