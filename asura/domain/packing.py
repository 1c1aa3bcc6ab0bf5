"""How results become bytes: fixed records for the tail, compressed columns for a closed hour."""

import math
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from asura.domain.instant import at_ms, from_ms
from asura.domain.reason import Reason
from asura.domain.result import NO_PHASES, PHASE_NAMES, Phases, Result
from asura.domain.status import Finding

HOUR_MS = 3_600_000
NOTE_LIMIT = 1000
# Big-endian, so that keys sort by hour, monitor and region.
KEY = struct.Struct(">IIH")
BODY = struct.Struct(">IIIiHB5s")
RECORD = struct.Struct(">IIHIIIiHB5s")
KEY_SIZE, BODY_SIZE, RECORD_SIZE = KEY.size, BODY.size, RECORD.size
_HEAD = struct.Struct(">BI")
_VERSION = 1
_NO_LATENCY = 0xFFFFFFFF
_COUNTED = 4
_SHORTEST_MS = 0.01
# 254 steps from 10 microseconds to ten minutes: each phase is kept within 3.6 %.
_STEP = math.log(600_000 / _SHORTEST_MS) / 253
_PHASE_MS: tuple[float | None, ...] = (
    None,
    *(float(f"{_SHORTEST_MS * math.exp(_STEP * n):.4g}") for n in range(255)),
)
_NO_PHASE_BYTES = bytes(5)
_RAW, _SQUEEZED = b"\0", b"\1"
_WORTH_SQUEEZING = 8
_FINDINGS = tuple(Finding)

Notes = dict[int, str]


class Record(msgspec.Struct, frozen=True):
    """The part of a record that figures are made of."""

    at_ms: int
    finding: Finding
    counted: bool
    latency_us: int | None


def phase_byte(milliseconds: float | None) -> int:
    """Return a phase on a logarithmic scale of one byte; 0 is a phase that was not reached."""
    if milliseconds is None:
        return 0
    if milliseconds <= _SHORTEST_MS:
        return 1
    return min(255, 1 + round(math.log(milliseconds / _SHORTEST_MS) / _STEP))


def phase_ms(byte: int) -> float | None:
    """Return the milliseconds that a phase byte stands for, within 3.6 %."""
    return _PHASE_MS[byte]


def text_of(message: str) -> str:
    """Return a message fit for storage: cut, without NUL, lone surrogates replaced."""
    return message[:NOTE_LIMIT].replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def record(result: Result, *, region: int, reason: int) -> bytes:
    """Return one result as a record: the key (hour, monitor, region) and the body. Times are whole milliseconds."""
    hour, offset = divmod(at_ms(result.at), HOUR_MS)
    latency = result.latency_ms
    phases = result.phases
    return RECORD.pack(
        hour,
        result.monitor_id,
        region,
        offset,
        _NO_LATENCY if latency is None else min(_NO_LATENCY - 1, max(0, round(latency * 1000))),
        result.generation & 0xFFFFFFFF,
        max(-0x80000000, min(0x7FFFFFFF, result.code)),
        reason,
        result.finding | (_COUNTED if result.counted else 0),
        _NO_PHASE_BYTES if phases == NO_PHASES else bytes([phase_byte(getattr(phases, name)) for name in PHASE_NAMES]),
    )


def results(
    key: tuple[int, int, str], body: bytes, *, notes: Mapping[int, str], reasons: Mapping[int, Reason]
) -> list[Result]:
    """Return the results of one (hour, monitor, region), in the order of the body."""
    hour, monitor_id, region = key
    start = hour * HOUR_MS
    found = []
    for index, (offset, latency, generation, code, reason, flags, phases) in enumerate(BODY.iter_unpack(body)):
        found.append(
            Result(
                monitor_id,
                generation,
                region,
                from_ms(start + offset),
                _FINDINGS[flags & 3],
                reasons[reason],
                notes.get(index, ""),
                None if latency == _NO_LATENCY else latency / 1000,
                code,
                NO_PHASES if phases == _NO_PHASE_BYTES else Phases(*[_PHASE_MS[byte] for byte in phases]),
                bool(flags & _COUNTED),
            )
        )
    return found


def figures(hour: int, body: bytes) -> list[Record]:
    """Return what figures are made of, in the order of the body."""
    start = hour * HOUR_MS
    return [
        Record(
            start + offset, _FINDINGS[flags & 3], bool(flags & _COUNTED), None if latency == _NO_LATENCY else latency
        )
        for offset, latency, _, _, _, flags, _ in BODY.iter_unpack(body)
    ]


def squeeze(records: bytes, *, size: int = RECORD_SIZE) -> bytes:
    """Return records of one size as few bytes: a commit writes whole pages, and fewer of them when it is small."""
    if len(records) < _WORTH_SQUEEZING * size:
        return _RAW + records
    planes = b"".join([records[i::size] for i in range(size)])
    return _SQUEEZED + zlib.compress(planes, 1, -15)


def unsqueeze(raw: bytes, *, size: int = RECORD_SIZE) -> bytes:
    """Return the records that `squeeze` was given."""
    if raw[:1] == _RAW:
        return raw[1:]
    planes = zlib.decompress(raw[1:], -15)
    count = len(planes) // size
    records = bytearray(len(planes))
    for i in range(size):
        records[i::size] = planes[i * count : (i + 1) * count]
    return bytes(records)


def offsets(body: bytes) -> list[int]:
    """Return the milliseconds into the hour of each record."""
    return [row[0] for row in BODY.iter_unpack(body)]


def in_order(body: bytes, notes: Notes) -> tuple[bytes, Notes]:
    """Return body and notes sorted by time; records of the same instant keep their order."""
    times = offsets(body)
    order = sorted(range(len(times)), key=times.__getitem__)
    if order == list(range(len(times))):
        return body, notes
    sorted_body = b"".join(body[i * BODY_SIZE : (i + 1) * BODY_SIZE] for i in order)
    return sorted_body, {new: notes[old] for new, old in enumerate(order) if old in notes}


def joined(parts: Iterable[tuple[bytes, Notes]]) -> tuple[bytes, Notes]:
    """Return several bodies with their notes as one, sorted by time."""
    body = bytearray()
    notes: Notes = {}
    for more, more_notes in parts:
        base = len(body) // BODY_SIZE
        body += more
        notes.update({base + index: text for index, text in more_notes.items()})
    return in_order(bytes(body), notes)


def pack(body: bytes, notes: Notes) -> bytes:
    """Return a sorted body as one compressed blob: byte planes of each column, then the notes."""
    count = len(body) // BODY_SIZE
    planes = [_zigzag_planes(offsets(body))]
    planes += [body[i::BODY_SIZE] for i in range(4, BODY_SIZE)]
    if notes:
        planes.append(msgspec.msgpack.encode(notes))
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
    return _HEAD.pack(_VERSION, count) + squeezer.compress(b"".join(planes)) + squeezer.flush()


def unpack(blob: bytes) -> tuple[bytes, Notes]:
    """Return the body and notes of a blob. ValueError when it was made by a newer version."""
    version, count = _HEAD.unpack_from(blob)
    if version != _VERSION:
        raise ValueError(f"a blob of version {version}: made by a newer asura")
    plain = zlib.decompress(blob[_HEAD.size :], -15)
    body = bytearray(count * BODY_SIZE)
    times = struct.pack(f">{count}I", *_from_planes(plain[: 4 * count], count))
    for i in range(4):
        body[i::BODY_SIZE] = times[i::4]
    for i in range(4, BODY_SIZE):
        body[i::BODY_SIZE] = plain[i * count : (i + 1) * count]
    rest = plain[BODY_SIZE * count :]
    notes = msgspec.msgpack.decode(rest, type=dict[int, str]) if rest else {}
    return bytes(body), notes


def _zigzag_planes(times: Sequence[int]) -> bytes:
    """Return times as four byte planes of the change of their steps: a steady cadence is all but zeros."""
    before = step = 0
    changes = []
    for time in times:
        change = (time - before) - step
        changes.append((change << 1) ^ (change >> 63))
        step = time - before
        before = time
    raw = struct.pack(f">{len(times)}I", *changes)
    return raw[0::4] + raw[1::4] + raw[2::4] + raw[3::4]


def _from_planes(planes: bytes, count: int) -> list[int]:
    """Return the times that `_zigzag_planes` was given."""
    raw = bytearray(4 * count)
    for i in range(4):
        raw[i::4] = planes[i * count : (i + 1) * count]
    time = step = 0
    times = []
    for change in struct.unpack(f">{count}I", raw):
        step += (change >> 1) ^ -(change & 1)
        time += step
        times.append(time)
    return times
