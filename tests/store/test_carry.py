"""What is carried are the newest results, oldest first, whatever order parts come in."""

import random
import struct

from asura.domain.packing import BODY_SIZE
from asura.store import carry


def body(*offsets: int) -> bytes:
    return b"".join(struct.pack(">I", offset) + bytes(BODY_SIZE - 4) for offset in offsets)


def times(held: carry.Held) -> list[tuple[int, int]]:
    return [
        (hour, struct.unpack_from(">I", part, index * BODY_SIZE)[0])
        for hour, part, _ in carry.by_hour(held)
        for index in range(len(part) // BODY_SIZE)
    ]


def test_parts_in_any_order_leave_the_newest() -> None:
    chance = random.Random(1)
    parts = [(hour, sorted(chance.sample(range(1000), 4))) for hour in range(10)]
    chance.shuffle(parts)
    held = None
    for hour, offsets in parts:
        notes = {0: f"{hour}:{offsets[0]}"}
        held = carry.with_part(held, hour, (body(*offsets), notes), keep=20)
    assert held is not None
    everything = sorted((hour, offset) for hour, offsets in parts for offset in offsets)
    assert times(held) == everything[-20:]
    for hour, part, notes in carry.by_hour(held):
        assert notes == {0: f"{hour}:{struct.unpack_from('>I', part)[0]}"}


def test_newest_cuts_from_the_old_end() -> None:
    held = carry.with_part(None, 5, (body(1, 2, 3), {2: "last"}), keep=20)
    assert times(carry.newest(held, 2)) == [(5, 2), (5, 3)]
    assert carry.newest(held, 2)[1] == {1: "last"}
    assert carry.newest(held, 9) == held
