"""Bodies: what is not JSON, what JSON allows and we do not, and how much of it we read."""

import contextlib
import json
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asura.errors import Invalid
from asura.web import body as body_room
from asura.web.body import strict_json
from asura.web.errors import Refused
from tests.web.harness import V1, asura, monitor, paths_of


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (b'{"a":NaN}', "a"),
        (b'{"a":-Infinity}', "a"),
        (b'{"a":1e999}', "a"),
        (b'{"a":[1,{"b":Infinity}]}', "a[1].b"),
        (b'{"a":9223372036854775808}', "a"),
        (b'{"a":-9223372036854775809}', "a"),
        (b'{"a":' + b"9" * 5000 + b"}", "a"),
        (b'{"a":1,"a":1}', "a"),
        (b'{"x":{"a":1,"b":2,"a":3}}', "x.a"),
        (b'{"a":"x\\u0000y"}', "a"),
        (b'{"a\\u0000":1}', "a\0"),
        (b'{"a":"\\ud800"}', "a"),
        (b'{"a":"\\udc00\\ud800"}', "a"),
        (b"[" * 65 + b"]" * 65, "[0]" * 64),
        (b"[" * 100_000 + b"]" * 100_000, ""),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, ""),
    ],
    ids=lambda value: value[:24] if isinstance(value, bytes) else None,
)
def test_what_json_allows_and_we_do_not_is_named(text: bytes, path: str) -> None:
    with pytest.raises(Invalid) as refused:
        strict_json(text)
    assert path in {fault.path for fault in refused.value.faults}


def test_the_bound_of_levels_is_ours_and_not_the_interpreter_s() -> None:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    try:
        assert json.loads("[" * 2000 + "]" * 2000)
        with pytest.raises(Invalid) as refused:
            strict_json(b"[" * 2000 + b"]" * 2000)
    finally:
        sys.setrecursionlimit(before)
    assert [(fault.path, fault.message) for fault in refused.value.faults] == [("", "is nested too deep")]


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"{'a':1}", b"\xff\xfe", b'{"a":"\xed\xa0\x80"}', b"\xef\xbb\xbf{}", b'{"a":1}x', b'{"a":01}', b"nul"],
)
def test_what_is_not_json_is_refused(text: bytes) -> None:
    with pytest.raises(Refused) as refused:
        strict_json(text)
    assert refused.value.status == 400


def test_the_largest_integers_and_real_pairs_pass() -> None:
    text = b'{"a":9223372036854775807,"b":-9223372036854775808,"c":"\\ud83d\\ude00","d":1e308}'
    assert strict_json(text) == {"a": 2**63 - 1, "b": -(2**63), "c": "\U0001f600", "d": 1e308}


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abc\u00e4"), inner),
    max_leaves=20,
)


@given(PLAIN)
def test_every_other_value_comes_back_as_it_was(value: object) -> None:
    assert strict_json(json.dumps(value).encode()) == value


@given(st.binary(max_size=200))
def test_no_bytes_at_all_break_the_parser(raw: bytes) -> None:
    with contextlib.suppress(Refused, Invalid):
        strict_json(raw)


async def test_every_fault_is_listed_in_one_answer(tmp_path: Path) -> None:
    body = {"name": "", "type": "nonsense", "interval": "often", "id": 7, "status": "up", "colour": 1, "slug": "bulk"}
    async with asura(tmp_path) as site, site.client("editor") as client:
        answer = await client.post(f"{V1}/monitors", json=body)
    assert answer.status_code == 422
    assert {"name", "type", "interval", "id", "status", "colour", "slug"} <= paths_of(answer)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content-type": "text/plain"}, 415),
        ({"content-type": "application/x-www-form-urlencoded"}, 415),
        ({"content-type": "application/json; charset=latin-1"}, 415),
        ({"content-type": "application/json", "content-encoding": "gzip"}, 415),
        ({}, 415),
        ({"content-type": 'Application/JSON; charset="UTF-8"'}, 201),
        ({"content-type": "application/json"}, 201),
    ],
)
async def test_only_json_in_utf8_is_read(tmp_path: Path, headers: dict[str, str], status: int) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        answer = await client.post(f"{V1}/monitors", content=json.dumps(monitor()).encode(), headers=headers)
    assert answer.status_code == status


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"1", b"null", b"true"])
async def test_a_body_that_is_no_object_is_422(tmp_path: Path, body: bytes) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        answer = await client.post(f"{V1}/monitors", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422


async def test_a_body_is_read_only_up_to_the_limit_whatever_its_header_says(tmp_path: Path) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += 1
            yield b"x" * 10_000

    async with asura(tmp_path, max_body_size=50_000) as site, site.client() as client:
        headers = {"content-type": "application/json"}
        streamed = await client.post(f"{V1}/monitors", content=endless(), headers=headers)
        declared = await client.post(f"{V1}/monitors", content=b"x" * 50_001, headers=headers)
    assert (streamed.status_code, declared.status_code) == (413, 413)
    assert declared.json()["detail"] == "The body may have at most 50000 bytes."


@pytest.mark.parametrize("path", ["/monitors/shop/pause", "/monitors/shop/resume", "/monitors/shop/check-now"])
async def test_an_action_without_fields_takes_no_fields(tmp_path: Path, path: str) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        await client.post(f"{V1}/monitors", json=monitor())
        refused = await client.post(V1 + path, json={"force": True})
        assert (refused.status_code, paths_of(refused)) == (422, {"force"})


async def test_a_message_that_quotes_input_stays_json(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        raw = b'{"\\ud800' + b"k" * 900 + b'":1,"\\u0000":2}'
        answer = await client.post(f"{V1}/monitors", content=raw, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert all(len(error["path"]) <= 500 for error in answer.json()["errors"])


async def test_a_long_body_is_parsed_beside_the_event_loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[bool] = []
    parse = body_room.strict_json

    def seen(raw: bytes) -> object:
        threads.append(threading.current_thread() is threading.main_thread())
        return parse(raw)

    monkeypatch.setattr(body_room, "strict_json", seen)
    async with asura(tmp_path) as site, site.client("editor") as client:
        for size in (10, 100_000):
            answer = await client.post(f"{V1}/monitors", json={"name": "x" * size})
            assert answer.status_code == 422
    assert threads == [True, False]
