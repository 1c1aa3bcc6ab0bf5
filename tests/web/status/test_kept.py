"""Bytes made of boards: kept until there is a newer board, packed once, and chosen as clients like them."""

import asyncio
import gzip
import tracemalloc
from datetime import UTC, datetime
from typing import Any

import brotli
import pytest

from asura.domain.board import Board
from asura.web.status import kept
from asura.web.status.kept import Kept, Shelf, coding_of, is_text, language_of

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
TEXT = b"All is well. " * 1_000


def board() -> Board:
    return Board(page_id=1, slug="s", title="S", status="operational", as_of=NOON, updated_at=NOON)


def made(body: bytes = TEXT, of: Board | None = None, **more: Any) -> Kept:
    return Kept(of or board(), body, **({"media_type": "text/html", "language": "en"} | more))


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("", "identity"),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("*", "br"),
        ("*;q=0", "identity"),
        ("gzip;q=0", "identity"),
        ("GZIP", "gzip"),
        ("identity", "identity"),
        ("gzip;q=x", "identity"),
        (";;;,,,", "identity"),
    ],
)
def test_the_coding_is_the_one_that_the_client_likes_best(accepted: str, expected: str) -> None:
    assert coding_of(accepted) == expected


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("fr,zh-CN;q=0.5", "zh"),
        ("zh-Hant-TW", "zh"),
        ("en;q=0.1,de;q=0.2", "de"),
        ("fr", "en"),
        ("*", "en"),
        ("de;q=0", "en"),
        ("de;q=nan", "en"),
        ("x" * 5_000, "en"),
    ],
)
def test_the_language_is_the_one_that_the_visitor_likes_best(accepted: str, expected: str) -> None:
    assert language_of(accepted, ("en", "de", "zh")) == expected


async def test_an_answer_is_packed_once_for_all_who_ask() -> None:
    one = made()
    found = await asyncio.gather(*(one.packed("br") for _ in range(10)))
    assert all(body is found[0] for body in found)
    assert brotli.decompress(found[0]) == TEXT
    assert gzip.decompress(await one.packed("gzip")) == TEXT
    assert await one.packed("identity") is one.body
    assert one.size == sum([len(await one.packed(coding)) for coding in ("br", "gzip", "identity")])


def test_small_answers_and_pictures_are_sent_as_they_are() -> None:
    assert made().packs
    assert not made(b"x" * 2_000).packs
    assert not made(media_type="image/png").packs


def test_what_is_text_is_known_by_its_type() -> None:
    text = ["text/html; charset=utf-8", "application/json", "application/rss+xml", "image/svg+xml", "text/calendar"]
    assert all(is_text(kind) for kind in text)
    assert not any(is_text(kind) for kind in ["image/png", "application/octet-stream", "font/woff2"])


def test_a_tag_may_leave_out_when_it_was_made() -> None:
    early, late = made(b"12:00 fine", without=b"12:00"), made(b"12:05 fine", without=b"12:05")
    assert early.etag == late.etag
    assert made(b"12:00 fine").etag != made(b"12:05 fine").etag


def test_what_was_made_of_an_older_board_is_not_found() -> None:
    shelf, old, new = Shelf(), board(), board()
    one = made(of=old)
    shelf.put(("page",), one)
    assert shelf.get(("page",), old) is one
    assert shelf.get(("page",), new) is None, "equal is not enough"
    assert shelf.get(("other",), old) is None


def test_a_shelf_has_an_end() -> None:
    shelf, same = Shelf(), board()
    for number in range(kept.MOST + 50):
        shelf.put((number,), made(of=same))
        shelf.get((0,), same)
    assert shelf.get((0,), same) is not None, "what is asked for stays"
    assert shelf.get((1,), same) is None
    tracemalloc.start()
    try:
        for number in range(200):
            shelf.put(("large", number), made(b"x" * 1_000_000, of=same))
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < kept.MOST_BYTES * 1.2
