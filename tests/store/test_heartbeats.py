"""The rows of heartbeats: a sealed token that is nobody else's, and a state that only grows newer."""

from pathlib import Path

import pytest

from asura.domain.fields import Secret
from asura.domain.heartbeat import Heartbeat, Run
from asura.domain.monitor import MonitorConfig
from asura.domain.ping import Step
from asura.domain.reason import Reason
from asura.errors import Conflict, NotFound, StoreUnavailable
from asura.store import folder, heartbeats, monitors
from asura.store.seal import Vault
from tests.store.beats import FULL, NOW, append, ids, logged, row, save, wait_for_pings
from tests.store.kit import opened, rows

FULL_STATE = Heartbeat(
    since=NOW,
    pings=7,
    last_id=9,
    last_ping_at=NOW,
    last_success_at=NOW,
    last_start_at=NOW,
    last_duration_s=1.5,
    last_exit_status=3,
    expected_at=NOW,
    troubles=2,
    trouble=Reason.OK,
    runs=(Run(NOW, "one"), Run(NOW, "two", overdue=True, step=Step(NOW, 1, 2, "name"))),
    durations=(1.0, 2.5),
)


async def test_an_empty_store_has_none(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        assert await store.write(heartbeats.load_all) == []
        assert await store.write(lambda db: heartbeats.load(db, 1)) is None
        await store.write(lambda db: heartbeats.save_states(db, []))


@pytest.mark.parametrize("heart", [Heartbeat(since=NOW), FULL_STATE], ids=["fresh", "full"])
async def test_a_row_is_read_back_whole(tmp_path: Path, heart: Heartbeat) -> None:
    async with opened(tmp_path) as store:
        made = row(store, 5, heart=heart)
        await store.write(lambda db: heartbeats.insert(db, made))
        [found] = await store.write(heartbeats.load_all)
        assert found == made == await store.write(lambda db: heartbeats.load(db, 5))
        assert heartbeats.state_of(found) == heart


async def test_rows_are_loaded_in_the_order_of_their_monitors(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await wait_for_pings(store, 3, 1, 2)
        assert [one.monitor_id for one in await store.write(heartbeats.load_all)] == [1, 2, 3]


async def test_a_token_lies_sealed_and_opens_with_the_key_alone(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store.write(lambda db: heartbeats.insert(db, row(store, 1, "a secret token")))
        [found] = await store.write(heartbeats.load_all)
        assert heartbeats.unseal_token(store.vault, found.sealed) == Secret("a secret token")
        assert b"secret" not in found.sealed
        (tmp_path / "other").mkdir()
        other = Vault(tmp_path / "other")
        other.seal(Secret("makes a key"))
        with pytest.raises(StoreUnavailable, match="another key"):
            heartbeats.unseal_token(other, found.sealed)


async def test_loading_needs_no_key(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await wait_for_pings(store, 1)
    (tmp_path / folder.KEY).unlink()
    async with opened(tmp_path) as store:
        [found] = await store.write(heartbeats.load_all)
        with pytest.raises(StoreUnavailable, match="Put the key file back"):
            heartbeats.unseal_token(store.vault, found.sealed)


@pytest.mark.parametrize("taken", ["token_hash", "uuid_hash"])
async def test_two_heartbeats_cannot_have_one_token_nor_one_uuid(tmp_path: Path, taken: str) -> None:
    async with opened(tmp_path) as store:
        first, second, third = (row(store, n, f"token {n}") for n in (1, 2, 3))
        clash = {taken: getattr(first, taken)}
        await store.write(lambda db: heartbeats.insert(db, first))
        await store.write(lambda db: heartbeats.insert(db, second))
        with pytest.raises(Conflict, match="another heartbeat"):
            await store.write(lambda db: heartbeats.insert(db, third._replace(**clash)))
        with pytest.raises(Conflict, match="another heartbeat"):
            await store.write(lambda db: heartbeats.set_token(db, second._replace(**clash)))
        assert await store.write(heartbeats.load_all) == [first, second]
        await store.write(lambda db: heartbeats.delete(db, 1))
        await store.write(lambda db: heartbeats.insert(db, third._replace(**clash)))


async def test_a_new_token_changes_nothing_else_and_its_own_again_is_fine(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        old = row(store, 1, heart=FULL_STATE)
        await store.write(lambda db: heartbeats.insert(db, old))
        await store.write(lambda db: heartbeats.set_token(db, old))
        new = row(store, 1, "other")
        await store.write(lambda db: heartbeats.set_token(db, new))
        found = await store.write(lambda db: heartbeats.load(db, 1))
        assert found == new._replace(state=old.state, upto=9)
        with pytest.raises(NotFound, match="no heartbeat 2"):
            await store.write(lambda db: heartbeats.set_token(db, row(store, 2, "third")))


async def test_states_are_saved_together_and_one_whose_heartbeat_is_gone_is_nobodys(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await wait_for_pings(store, 1, 2)
        hearts = {n: Heartbeat(since=NOW, pings=n, last_id=10 + n) for n in (1, 2, 3)}
        states = [heartbeats.saved(n, heart) for n, heart in hearts.items()]
        await store.write(lambda db: heartbeats.save_states(db, states))
        found = await store.write(heartbeats.load_all)
        assert [(heartbeats.state_of(one), one.upto, one.pings) for one in found] == [
            (hearts[1], 11, 1),
            (hearts[2], 12, 2),
        ]


async def test_an_older_state_never_replaces_a_newer_one(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await wait_for_pings(store, 1)
        await save(store, 1, total=5, last_id=50)
        await save(store, 1, total=4, last_id=40)
        [found] = await store.write(heartbeats.load_all)
        assert (found.upto, found.pings, heartbeats.state_of(found).last_id) == (50, 5, 50)
        # As many pings, but the clock went on: silence, or an edit.
        late = Heartbeat(since=NOW, pings=5, last_id=50, troubles=1)
        await store.write(lambda db: heartbeats.save_states(db, [heartbeats.saved(1, late)]))
        [found] = await store.write(heartbeats.load_all)
        assert heartbeats.state_of(found) == late


async def test_a_row_goes_with_its_monitor_and_its_pings_later(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        config = MonitorConfig(name="Backup", type="heartbeat")
        made = await store.write(lambda db: monitors.insert(db, store.vault, slug="b", config=config, now=NOW))
        await wait_for_pings(store, made.id)
        await append(store, logged(1, monitor_id=made.id, ping=FULL))
        await store.write(lambda db: monitors.delete(db, made.id))
        assert await store.write(heartbeats.load_all) == []
        assert await rows(store, "SELECT id FROM monitors") == []
        assert await ids(store) == [1]
