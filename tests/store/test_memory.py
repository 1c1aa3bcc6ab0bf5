"""Memory holds what came in tail rows until it is told that it was packed."""

from asura.domain.packing import BODY, KEY, RECORD_SIZE
from asura.store.memory import Memory


def record(hour: int, monitor_id: int, region: int, offset: int) -> bytes:
    return KEY.pack(hour, monitor_id, region) + BODY.pack(offset, 0, 0, 0, 0, 0, bytes(5))


def filled() -> Memory:
    memory = Memory()
    memory.add(1, record(5, 1, 1, 10) + record(5, 2, 1, 11), {1: "note"})
    memory.add(2, record(5, 1, 1, 20) + record(6, 1, 2, 21), {0: "second"})
    return memory


def test_copies_are_of_one_monitor_and_its_hours() -> None:
    memory = filled()
    found = memory.copies(1, [1, 2], from_hour=5, to_hour=6)
    assert [(one.hour, one.region, one.upto, len(one.body) // BODY.size, one.notes) for one in found] == [
        (5, 1, 2, 2, {1: "second"}),
        (6, 2, 2, 1, {}),
    ]
    assert memory.copies(1, [1], from_hour=6, to_hour=9) == []
    assert memory.held() == 4
    assert memory.first_hour() == 5
    assert len(record(1, 1, 1, 1)) == RECORD_SIZE


def test_keys_come_in_order_and_before_an_hour() -> None:
    memory = filled()
    assert [KEY.unpack(key) for key in memory.sorted_keys()] == [(5, 1, 1), (5, 2, 1), (6, 1, 2)]
    assert [KEY.unpack(key) for key in memory.sorted_keys(before_hour=6)] == [(5, 1, 1), (5, 2, 1)]


def test_what_came_while_packing_stays() -> None:
    memory = filled()
    key = KEY.pack(5, 1, 1)
    memory.drop(key, length=BODY.size, upto=1)
    part = memory.part(key)
    assert part is not None
    assert (len(part.body), part.notes, part.since, part.upto) == (BODY.size, {0: "second"}, 2, 2)
    assert memory.first_tail_id() == 1
    memory.drop(KEY.pack(5, 2, 1), length=BODY.size, upto=1)
    assert memory.first_tail_id() == 2
    memory.drop(key, length=BODY.size, upto=2)
    memory.drop(key, length=BODY.size, upto=2)
    assert memory.first_hour() == 6


def test_forgetting_a_monitor_leaves_the_others() -> None:
    memory = filled()
    memory.forget(1)
    assert [KEY.unpack(key) for key in memory.sorted_keys()] == [(5, 2, 1)]
    memory.forget(2)
    assert (memory.first_hour(), memory.first_tail_id(), memory.held()) == (None, 2, 0)
