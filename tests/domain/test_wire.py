"""What primary and probes say to each other, held against what was recorded, also of versions before and after."""

import hashlib
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asura.domain import result, wire
from asura.domain.monitor import Assertion
from asura.domain.reason import Reason
from asura.domain.result import Phases
from asura.domain.wire import Assigned, Batch, Finding, Taken, Unreadable, read
from tests.domain.wire_kit import ASSIGNED, BARE, BATCH, TODAY

RECORDED = Path(__file__).resolve().parents[1] / "fixtures" / "wire"
# What was recorded is what others wrote: it is never recorded anew. Another form of today is another file.
HASHES = {
    "v0-assigned": "5c8164d268918896",
    "v0-batch": "1145a86a90ad88ed",
    "v0-taken": "ca3d163bab055381",
    "v1-assigned": "f16e5400c8ca3879",
    "v1-batch": "737c8a54f6f6c98e",
    "v1-change": "fa3981fa470179f8",
    "v1-fields": "342452e4a8f0c90f",
    "v1-quiet": "d410c0f1a77ad677",
    "v1-taken": "d2c79dcb6e9a3432",
    "v2-assigned": "890ac59717d48f00",
    "v2-batch": "16669c3065f5fdf3",
    "v2-taken": "ef3059a593ff87c4",
    "v3-assigned": "9c78eaf02e2088ce",
    "v3-batch-of-another-form": "ef1512038b57d44b",
    "v3-batch": "23888a919ca0712e",
}


def recorded(name: str) -> bytes:
    return (RECORDED / f"{name}.json").read_bytes()


def extends(written: Any, before: Any) -> bool:
    """Tell whether something says all that was said before, at the same places."""
    if isinstance(before, dict):
        return isinstance(written, dict) and all(extends(written.get(key), old) for key, old in before.items())
    if isinstance(before, list):
        return isinstance(written, list) and all(map(extends, written, before)) and len(written) >= len(before)
    return type(written) is type(before) and bool(written == before)


def test_no_recorded_file_was_written_anew() -> None:
    found = {path.stem: hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in sorted(RECORDED.glob("*.json"))}
    assert found == HASHES


@pytest.mark.parametrize("name", TODAY)
def test_what_is_written_is_read_again(name: str) -> None:
    message = TODAY[name]
    assert read(msgspec.json.encode(message), type(message)) == message


@pytest.mark.parametrize("name", TODAY)
def test_the_form_of_version_1_stays_readable(name: str) -> None:
    message = TODAY[name]
    assert read(recorded(f"v1-{name}"), type(message)) == message


@pytest.mark.parametrize("name", TODAY)
def test_who_reads_version_1_finds_everything_where_it_was(name: str) -> None:
    assert extends(json.loads(msgspec.json.encode(TODAY[name])), json.loads(recorded(f"v1-{name}")))


def test_fields_are_only_ever_added_and_those_of_results_at_the_end() -> None:
    for name, before in json.loads(recorded("v1-fields")).items():
        kind = getattr(wire, name, None) or getattr(result, name)
        fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
        assert set(before) <= set(fields), f"{name} has lost a field"
        assert all(not fields[new].required for new in set(fields) - set(before)), f"{name} asks for more"
        if kind.__struct_config__.array_like:
            assert list(fields)[: len(before)] == before, f"{name} has another order"


@pytest.mark.parametrize("name", BARE)
def test_a_version_before_is_read_whatever_it_leaves_out(name: str) -> None:
    message = BARE[name]
    assert read(recorded(f"v0-{name}"), type(message)) == message


@pytest.mark.parametrize("name", ["assigned", "batch", "taken"])
def test_a_version_after_is_read_without_what_it_adds(name: str) -> None:
    message = TODAY[name]
    newer = read(recorded(f"v2-{name}"), type(message))
    if isinstance(newer, Assigned | Batch):
        assert newer.wire == 2 and wire.is_understood(newer)
        newer = msgspec.structs.replace(newer, wire=1)
    assert newer == message


@pytest.mark.parametrize("name", ["assigned", "batch", "batch-of-another-form"])
def test_what_needs_a_newer_version_is_said_to(name: str) -> None:
    kind: Any = Assigned if name == "assigned" else Batch
    with pytest.raises(Unreadable, match="written for version 2 and later; this is version 1") as caught:
        read(recorded(f"v3-{name}"), kind)
    assert caught.value.newer


def test_the_secrets_of_a_check_do_not_show_themselves() -> None:
    assert "hush" in str(ASSIGNED.monitors[0].settings) and "hush" not in repr(ASSIGNED)
    with pytest.raises(Unreadable) as caught:
        read(msgspec.json.encode(ASSIGNED).replace(b'"hush"', b'"hush"}'), Assigned)
    assert "hush" not in str(caught.value)


def test_a_reader_sees_by_itself_what_it_understands() -> None:
    assert wire.is_understood(BATCH) and wire.is_understood(ASSIGNED)
    assert not wire.is_understood(msgspec.structs.replace(BATCH, needs=2))


def results(inside: bytes) -> bytes:
    return b'{"boot":"b","seq":1,"results":[[' + inside + b"]]}"


DEEP = b"[" * 100_000 + b"]" * 100_000


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"null", id="null"),
        pytest.param(b"[]", id="an array"),
        pytest.param(b'{"boot":"b"}', id="without a number"),
        pytest.param(b'{"boot":"b","seq":1}x', id="goes on behind its end"),
        pytest.param(b'{"boot":"b","seq":1', id="cut"),
        pytest.param(b'{"boot":"b","seq":1.5}', id="half a number"),
        pytest.param(b'{"boot":"b","seq":-1}', id="a negative number"),
        pytest.param(b'{"boot":"b","seq":9007199254740992}', id="2 to the 53rd"),
        pytest.param(b'{"boot":"b","seq":' + b"9" * 5000 + b"}", id="5000 digits"),
        pytest.param(b'{"boot":"b","seq":NaN}', id="NaN"),
        pytest.param(b'{"boot":"b","seq":1,"state":{"lag_s":Infinity}}', id="infinity"),
        pytest.param(b'{"boot":"b","seq":1,"state":{"lag_s":1e999}}', id="1e999"),
        pytest.param(b'{"boot":"b","seq":1,"state":{"lag_s":1e300}}', id="a lag of ages"),
        pytest.param(b'{"boot":"b","seq":1,"state":{"lost":100000000000000000000}}', id="lost more than there is"),
        pytest.param(b'{"boot":"\\ud800","seq":1}', id="half a pair"),
        pytest.param(b'{"boot":"\xed\xa0\x80","seq":1}', id="half a pair in bytes"),
        pytest.param(b'{"boot":"\xff","seq":1}', id="no UTF-8"),
        pytest.param(b'{"boot":"' + b"b" * 201 + b'","seq":1}', id="a name without end"),
        pytest.param(b'{"boot":"b","seq":1,"more":' + DEEP + b"}", id="deep where nobody looks"),
        pytest.param(DEEP, id="nothing but deep"),
        pytest.param(results(b""), id="an empty result"),
        pytest.param(results(b"1,1,1,2"), id="a result that is too short"),
        pytest.param(results(b'"1",1,1,2,"ok"'), id="a number as text"),
        pytest.param(results(b'-1,1,1,2,"ok"'), id="a negative monitor"),
        pytest.param(results(b'18446744073709551616,1,1,2,"ok"'), id="a monitor beyond 64 bits"),
        pytest.param(results(b'1,-1,1,2,"ok"'), id="a negative generation"),
        pytest.param(results(b'1,1,-1,2,"ok"'), id="before the epoch"),
        pytest.param(results(b'1,1,253402300800000,2,"ok"'), id="in the year 10000"),
        pytest.param(results(b'1,1,1e3,2,"ok"'), id="an instant that is no whole number"),
        pytest.param(results(b'1,1,1,4,"ok"'), id="a finding that there is not"),
        pytest.param(results(b'1,1,1,2,"' + b"o" * 201 + b'"'), id="a reason without end"),
        pytest.param(results(b'1,1,1,2,"ok","",-1'), id="ready before it began"),
        pytest.param(results(b'1,1,1,2,"ok","",1e308'), id="a latency that overflows"),
        pytest.param(results(b'1,1,1,2,"ok","",null,99999999999999999999'), id="a code beyond 64 bits"),
        pytest.param(results(b'1,1,1,2,"ok","",null,0,{"dns":NaN}'), id="NaN inside"),
        pytest.param(results(b'1,1,1,2,"ok","",null,0,{"dns":1e999}'), id="1e999 inside"),
        pytest.param(results(b'1,1,1,2,"ok","",null,0,null,true,{"facts":{"a":' + DEEP + b"}}"), id="deep facts"),
        pytest.param(results(b'1,1,1,2,"ok","",null,0,null,true,{"facts":{"a":1e999}}'), id="1e999 as a fact"),
        pytest.param(results(b'1,1,1,2,"ok","",null,0,null,true,{},1e308'), id="a certificate for ever"),
    ],
)
def test_nonsense_from_a_probe_is_refused_and_nothing_worse(raw: bytes) -> None:
    with pytest.raises(Unreadable, match=r"It makes no sense: .") as caught:
        read(raw, Batch)
    assert not caught.value.newer and len(str(caught.value)) < 500


SAID = b'"tag":"1","full":true,"probe_id":1,"region":"r"'


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        pytest.param(Assigned, b"", id="nothing"),
        pytest.param(Taken, b"<html>Welcome to the hotel</html>", id="somebody else"),
        pytest.param(Assigned, b"[]", id="an array"),
        pytest.param(Taken, b"[]", id="an array as receipt"),
        pytest.param(Assigned, b'{"tag":"1"}', id="half of it"),
        pytest.param(Assigned, b"{" + SAID + b',"now":1e999}', id="no time"),
        pytest.param(Assigned, b'{"needs":"much","tag":1}', id="needs what cannot be read"),
        pytest.param(Assigned, b"{" + SAID + b',"now":1,"monitors":{"assertions":[]}}', id="no list"),
        pytest.param(
            Assigned, b"{" + SAID + b',"now":1,"monitors":[null,{"assertions":[1,{"a":1}]}]}', id="no monitor"
        ),
        pytest.param(Assigned, b"{" + SAID + b',"now":1,"monitors":' + DEEP + b"}", id="deep"),
        pytest.param(Taken, b'{"news":null}', id="a receipt of nothing"),
    ],
)
def test_nonsense_from_a_primary_is_refused_and_nothing_worse(kind: Any, raw: bytes) -> None:
    with pytest.raises(Unreadable, match="It makes no sense: ") as caught:
        read(raw, kind)
    assert not caught.value.newer


def test_an_assertion_of_tomorrow_keeps_what_is_known_today() -> None:
    asserted = b'{"on":"status","op":"in","value":["200"],"unless":{"on":"header"}}'
    raw = b"{" + SAID + b',"now":1,"monitors":[{"id":1,"generation":1,"type":"http","assertions":[' + asserted + b"]}]}"
    assert read(raw, Assigned).monitors[0].assertions == (Assertion(on="status", op="in", value=["200"]),)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    for kind in (Assigned, Batch, Taken):
        with suppress(Unreadable):
            read(raw, kind)


@given(st.data())
def test_a_batch_with_a_byte_wrong_is_read_or_refused(data: st.DataObject) -> None:
    raw = bytearray(recorded("v1-batch"))
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    with suppress(Unreadable):
        read(bytes(raw), Batch)


@given(
    st.lists(
        st.builds(
            Finding,
            st.integers(1, 2**53 - 1),
            st.integers(0, 2**53 - 1),
            st.integers(0, 253_402_300_799_999),
            st.integers(0, 3),
            st.sampled_from([reason.value for reason in Reason]),
            st.text(),
            st.none() | st.floats(0, 1e9),
            st.integers(-(2**53) + 1, 2**53 - 1),
            st.none() | st.builds(Phases, st.none() | st.floats(0, 1e6), st.none() | st.floats(0, 1e6)),
            st.booleans(),
        ),
        max_size=5,
    )
)
def test_every_result_arrives_as_it_was_sent(found: list[Finding]) -> None:
    batch = Batch(boot="b", seq=1, results=tuple(found))
    assert read(msgspec.json.encode(batch), Batch) == batch
