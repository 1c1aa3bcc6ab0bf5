"""Records and blobs give back what was put in."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asura.domain import packing
from asura.domain.packing import BODY_SIZE, HOUR_MS, KEY, KEY_SIZE, RECORD_SIZE
from asura.domain.reason import Reason
from asura.domain.result import PHASE_NAMES, Phases, Result
from asura.domain.status import Finding

HOUR = 490_000
REASONS = dict(enumerate(Reason))
NUMBERS = {reason: number for number, reason in REASONS.items()}

phase = st.none() | st.floats(0, 400_000)
result_values = st.builds(
    Result,
    monitor_id=st.just(7),
    generation=st.integers(0, 2**32 - 1),
    region=st.just("eu-west"),
    at=st.integers(0, HOUR_MS - 1).map(lambda ms: datetime.fromtimestamp((HOUR * HOUR_MS + ms) / 1000, UTC)),
    finding=st.sampled_from(Finding),
    reason=st.sampled_from(Reason),
    message=st.text(max_size=40),
    latency_ms=st.none() | st.integers(0, 10**9).map(lambda us: us / 1000),
    code=st.integers(-(2**31), 2**31 - 1),
    phases=st.builds(Phases, phase, phase, phase, phase, phase),
    counted=st.booleans(),
)


def body_of(results: list[Result]) -> tuple[bytes, packing.Notes]:
    records = [packing.record(one, region=3, reason=NUMBERS[one.reason]) for one in results]
    notes = {index: packing.text_of(one.message) for index, one in enumerate(results) if one.message}
    return packing.in_order(b"".join(record[KEY_SIZE:] for record in records), notes)


def without_phases(result: Result) -> Result:
    return msgspec.structs.replace(result, phases=Phases(), message=packing.text_of(result.message))


def test_a_record_begins_with_its_key() -> None:
    result = Result(9, 1, "x", datetime.fromtimestamp(HOUR * 3600 + 1.5, UTC), Finding.UP, Reason.OK)
    raw = packing.record(result, region=5, reason=1)
    assert len(raw) == RECORD_SIZE == KEY_SIZE + BODY_SIZE
    assert KEY.unpack(raw[:KEY_SIZE]) == (HOUR, 9, 5)
    assert packing.offsets(raw[KEY_SIZE:]) == [1500]


@settings(max_examples=150, deadline=None)
@given(st.lists(result_values, min_size=1, max_size=30))
def test_a_blob_gives_back_everything_but_the_last_digits_of_phases(results: list[Result]) -> None:
    body, notes = packing.unpack(packing.pack(*body_of(results)))
    found = packing.results((HOUR, 7, "eu-west"), body, notes=notes, reasons=REASONS)
    expected = sorted(results, key=lambda result: result.at)
    assert [without_phases(result) for result in found] == [without_phases(result) for result in expected]
    for got, put in zip(found, expected, strict=True):
        for name in PHASE_NAMES:
            near(getattr(got.phases, name), getattr(put.phases, name))


def near(got: float | None, put: float | None) -> None:
    assert (got is None) == (put is None)
    if put is not None and got is not None:
        assert abs(got - put) <= max(0.01, 0.037 * put)


@settings(max_examples=50, deadline=None)
@given(st.lists(result_values, max_size=20), st.lists(result_values, max_size=20))
def test_late_results_join_a_blob_in_order_of_time(early: list[Result], late: list[Result]) -> None:
    body, notes = packing.joined([body_of(early), body_of(late)])
    assert packing.offsets(body) == sorted(packing.offsets(body))
    found = packing.results((HOUR, 7, "eu-west"), body, notes=notes, reasons=REASONS)
    key = repr
    assert sorted(map(key, map(without_phases, found))) == sorted(map(key, map(without_phases, early + late)))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 200), st.sampled_from([28, 34]), st.randoms(use_true_random=False))
def test_squeezed_records_come_back(count: int, size: int, chance) -> None:
    records = chance.randbytes(count * size)
    assert packing.unsqueeze(packing.squeeze(records, size=size), size=size) == records


def test_results_of_the_same_instant_keep_their_order() -> None:
    at = datetime.fromtimestamp(HOUR * 3600, UTC)
    results = [Result(7, n, "eu-west", at, Finding.UP, Reason.OK) for n in range(5)]
    body, notes = body_of(results)
    assert packing.results((HOUR, 7, "eu-west"), body, notes=notes, reasons=REASONS) == results


def test_a_steady_hour_packs_to_few_bytes() -> None:
    begin = datetime.fromtimestamp(HOUR * 3600, UTC)
    results = [
        Result(7, 1, "eu-west", begin + timedelta(minutes=n), Finding.UP, Reason.OK, "", 20.0, 200) for n in range(60)
    ]
    assert len(packing.pack(*body_of(results))) < 60


def test_what_does_not_fit_is_cut_and_not_wrapped() -> None:
    at = datetime.fromtimestamp(HOUR * 3600, UTC)
    result = Result(7, 1, "eu-west", at, Finding.UP, Reason.OK, latency_ms=1e12, code=2**40)
    body, notes = body_of([result])
    found = packing.results((HOUR, 7, "eu-west"), body, notes=notes, reasons=REASONS)[0]
    assert found.latency_ms == (2**32 - 2) / 1000
    assert found.code == 2**31 - 1


def test_a_blob_of_a_newer_version_is_refused() -> None:
    blob = packing.pack(*body_of([]))
    with pytest.raises(ValueError, match="newer"):
        packing.unpack(b"\x63" + blob[1:])


def test_messages_are_cut_and_made_storable() -> None:
    assert packing.text_of("a\0b\ud800c") == "ab?c"
    assert len(packing.text_of("x" * 5000)) == packing.NOTE_LIMIT


def test_figures_hold_what_counts() -> None:
    at = datetime.fromtimestamp(HOUR * 3600 + 2, UTC)
    results = [
        Result(7, 1, "r", at, Finding.DOWN, Reason.TIMEOUT, latency_ms=1.5),
        Result(7, 1, "r", at, Finding.UP, Reason.OK, counted=False),
    ]
    first, second = packing.figures(HOUR, body_of(results)[0])
    assert first == packing.Record(HOUR * HOUR_MS + 2000, Finding.DOWN, True, 1500)
    assert (second.counted, second.latency_us) == (False, None)
