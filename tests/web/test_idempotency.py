"""`Idempotency-Key`: once means once, also when two come at the same time."""

import asyncio
from pathlib import Path

import pytest
from starlette.responses import Response

from asura.errors import Invalid
from asura.web.idempotency import KEPT_SECONDS, MOST_BYTES, MOST_ENTRIES, Repeats, fingerprint
from tests.web.harness import V1, asura, monitor, paths_of

URL = f"{V1}/monitors"


async def test_a_repeat_gets_the_same_answer_and_does_nothing(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        headers = {"Idempotency-Key": "order-1"}
        first = await client.post(URL, json=monitor(), headers=headers)
        again = await client.post(URL, json=monitor(), headers=headers)
        assert (first.status_code, again.status_code) == (201, 201)
        assert again.json() == first.json()
        assert (again.headers["location"], again.headers["etag"]) == (first.headers["location"], first.headers["etag"])
        assert again.headers["idempotent-replayed"] == "true"
        assert "idempotent-replayed" not in first.headers
        assert again.headers["x-request-id"] != first.headers["x-request-id"]
        assert len((await client.get(URL)).json()["data"]) == 1


async def test_two_at_once_happen_once(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        headers = {"Idempotency-Key": "order-1"}
        answers = await asyncio.gather(*(client.post(URL, json=monitor(), headers=headers) for _ in range(8)))
        assert {answer.json()["id"] for answer in answers} == {1}
        assert len(site.engine.live) == 1


async def test_the_same_key_for_another_request_is_422(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        headers = {"Idempotency-Key": "order-1"}
        await client.post(URL, json=monitor(), headers=headers)
        other_body = await client.post(URL, json=monitor(name="Other"), headers=headers)
        other_path = await client.post(f"{URL}/1/pause", headers=headers)
        for answer in (other_body, other_path):
            assert (answer.status_code, paths_of(answer)) == (422, {"Idempotency-Key"})
        assert len(site.engine.live) == 1


async def test_keys_of_others_do_not_matter(tmp_path: Path) -> None:
    async with asura(tmp_path) as site:
        for role in ("editor", "admin"):
            async with site.client(role) as client:
                answer = await client.post(URL, json=monitor(), headers={"Idempotency-Key": "1"})
                assert "idempotent-replayed" not in answer.headers
        assert len(site.engine.live) == 2


async def test_what_was_refused_may_be_tried_again(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        headers = {"Idempotency-Key": "order-1"}
        assert (await client.post(URL, json=monitor(depends_on=["later"]), headers=headers)).status_code == 422
        await client.put(f"{URL}/later", json=monitor())
        assert (await client.post(URL, json=monitor(depends_on=["later"]), headers=headers)).status_code == 201


async def test_a_replay_to_a_client_that_takes_gzip_is_not_packed_twice(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        headers = {"Idempotency-Key": "order-1", "Accept-Encoding": "gzip"}
        body = monitor(description="a word or two " * 500)
        answers = [await client.post(URL, json=body, headers=headers) for _ in range(3)]
    assert {answer.headers["content-encoding"] for answer in answers} == {"gzip"}
    assert len({answer.text for answer in answers}) == 1


@pytest.mark.parametrize("key", ["x" * 256, "a\tb"])
async def test_a_wrong_idempotency_key_is_422(tmp_path: Path, key: str) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        answer = await client.post(URL, json=monitor(), headers={"Idempotency-Key": key})
    assert (answer.status_code, paths_of(answer)) == (422, {"Idempotency-Key"})


async def once(repeats: Repeats, name: str, *, body: bytes = b"x", now: float = 0.0, status: int = 200) -> bool:
    """Ask once and return whether it was really done."""
    done = []

    async def make() -> Response:
        done.append(1)
        return Response(body, status)

    mark = fingerprint("POST", "/", b"", b"")
    await repeats.once(("me", name), mark, now, make)
    return bool(done)


async def test_the_table_is_bounded_in_number_bytes_and_age() -> None:
    repeats = Repeats()
    assert await once(repeats, "old")
    assert not await once(repeats, "old", now=KEPT_SECONDS - 1)
    assert await once(repeats, "old", now=KEPT_SECONDS)
    for number in range(MOST_ENTRIES + 5):
        await once(repeats, str(number), now=KEPT_SECONDS)
    assert len(repeats._entries) == MOST_ENTRIES
    for number in range(12):
        await once(repeats, f"big {number}", body=b"x" * (MOST_BYTES // 8), now=KEPT_SECONDS)
    assert repeats._bytes <= MOST_BYTES
    assert repeats._bytes == sum(len(entry.answer.result().body) for entry in repeats._entries.values())


async def test_a_failure_of_ours_is_told_to_all_and_kept_for_none() -> None:
    repeats, mark, gate = Repeats(), fingerprint("POST", "/", b"", b""), asyncio.Event()

    async def fail() -> Response:
        await gate.wait()
        raise Invalid

    both = [asyncio.ensure_future(repeats.once(("me", "1"), mark, 0.0, fail)) for _ in range(2)]
    await asyncio.sleep(0)
    gate.set()
    assert [type(found) for found in await asyncio.gather(*both, return_exceptions=True)] == [Invalid, Invalid]
    assert await once(repeats, "1")


async def test_a_client_that_hangs_up_does_not_undo_it() -> None:
    repeats, mark, gate = Repeats(), fingerprint("POST", "/", b"", b""), asyncio.Event()

    async def slow() -> Response:
        await gate.wait()
        return Response(b"made")

    first = asyncio.ensure_future(repeats.once(("me", "1"), mark, 0.0, slow))
    await asyncio.sleep(0)
    first.cancel()
    gate.set()
    again = await repeats.once(("me", "1"), mark, 0.0, slow)
    assert again.body == b"made"
