"""The lean way out against those who would have others see what was made for themselves, or fill the memory."""

from pathlib import Path

import pytest

from asura.web.status import kept
from tests.web.harness import asura
from tests.web.status.test_showing import HTML, page, visited

TWICE = [
    [("accept-language", "de"), ("accept-language", "en")],
    [("accept-encoding", "br"), ("accept-encoding", "identity")],
    [("host", "status.shop.test:666"), ("host", "asura.test")],
    [("x-forwarded-host", "status.shop.test"), ("x-forwarded-host", "asura.test")],
    [("x-forwarded-host", ""), ("x-forwarded-host", "status.shop.test")],
]
LONG = "a" * 4_000


@pytest.mark.parametrize("twice", TWICE)
@pytest.mark.parametrize("trusted", [(), ("127.0.0.1",)])
async def test_who_says_something_twice_changes_nothing_for_others(
    tmp_path: Path, twice: list[tuple[str, str]], trusted: tuple[str, ...]
) -> None:
    async with asura(tmp_path, trusted_proxies=trusted) as one:
        await page(one, hosts=["status.shop.test"])
        async with one.client(None) as client:
            client.headers["accept-encoding"] = "identity"
            right = await client.get(HTML)
            one.app.quick.forget()
            for path in (HTML, "/"):
                await client.get(path, headers=twice)
            after = await client.get(HTML)
            assert (after.content, after.headers.get("content-encoding")) == (right.content, None)
            assert after.headers["etag"] == right.headers["etag"]


async def test_what_comes_in_long_headers_is_not_kept(tmp_path: Path) -> None:
    async with visited(tmp_path) as (one, client, _):
        await page(one, "Other", hosts=["other.test"])
        one.app.quick.forget()
        for number in range(8):
            assert (await client.get(HTML, headers={"host": f"{number}.{LONG}"})).status_code == 200
            assert (await client.get("/", headers={"host": f"other.test:{number}{LONG}"})).status_code == 200
        assert one.app.quick.known == 0
        assert (await client.get(HTML)).status_code == 200
        assert one.app.quick.known == 1


def test_of_what_somebody_accepts_only_the_beginning_is_kept() -> None:
    for best in (kept.best_coding, kept.best_language):
        best.cache_clear()
    for number in range(5):
        assert kept.coding_of(f"gzip,{'a' * kept.LONGEST}{number}") == "gzip"
        assert kept.language_of(f"de,{'a' * kept.LONGEST}{number}", ("en", "de")) == "de"
    assert kept.best_coding.cache_info().currsize == kept.best_language.cache_info().currsize == 1
