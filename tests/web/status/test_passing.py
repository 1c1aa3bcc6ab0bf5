"""The password of a page: by its form or as HTTP Basic, throttled, and ended by another one."""

import base64
import re
from pathlib import Path

from tests.web.harness import asura
from tests.web.status.visitors import HOST, OLD_WORD, WORD, come, page_of


async def test_who_tries_passwords_waits_and_holds_up_nobody_else(tmp_path: Path) -> None:
    async with asura(tmp_path) as site:
        page = await page_of(site, "password")
        desk = site.engine.pages
        other = await desk.create(
            desk.prepare({"title": "Other", "visibility": "password"}), slug="other", password=WORD
        )
        await desk.replace(page.id, page.config, password=WORD)

        def basic(word: str) -> dict[str, str]:
            return {"Authorization": f"Basic {base64.b64encode(f':{word}'.encode()).decode()}"}

        async with come(site, "192.0.2.1") as client:
            statuses = [
                (await client.get("/status/page/history.rss", headers=basic(f"wrong {n}"))).status_code
                for n in range(7)
            ]
            assert statuses == [401] * 5 + [429] * 2
            form = await client.post("/status/page/login", data={"password": WORD})
            assert (form.status_code, int(form.headers["retry-after"]) > 0) == (429, True)
            assert "<form" in form.text
            # Another page, and from elsewhere this one.
            assert (await client.get(f"/status/{other.slug}/history.rss", headers=basic(WORD))).status_code == 200
        async with come(site, "192.0.2.2") as client:
            for _ in range(20):
                assert (await client.get("/status/page/history.rss", headers=basic(WORD))).status_code == 200
        async with come(site, "192.0.2.1") as client:
            # A password that was right already needs no attempt.
            assert (await client.get("/status/page/history.rss", headers=basic(WORD))).status_code == 200


async def test_the_cookie_of_a_password_is_kept_to_its_page_and_ends_with_it(tmp_path: Path) -> None:
    async with asura(tmp_path, trusted_proxies=("192.0.2.0/24",), base_path="/watch") as site:
        page = await page_of(site, "password")
        async with come(site, "192.0.2.1") as client:
            secure = {"X-Forwarded-Proto": "https"}
            answer = await client.post("/watch/status/page/login", data={"password": OLD_WORD}, headers=secure)
            assert (answer.status_code, answer.headers["location"]) == (303, "/watch/status/page")
            given = answer.headers["set-cookie"]
            for part in (f"asura_page_{page.id}=", "Path=/watch/status/page;", "HttpOnly", "SameSite=Lax", "Secure"):
                assert part in given
            cookie = {"Cookie": given.partition(";")[0]}
            assert (await client.get("/watch/status/page", headers=cookie)).status_code == 200
            out = await client.post("/watch/status/page/logout", headers=cookie)
            assert (out.status_code, "Max-Age=0" in out.headers["set-cookie"]) == (303, True)
            await site.engine.pages.replace(page.id, page.config, password=WORD)
            assert (await client.get("/watch/status/page", headers=cookie)).status_code == 401
        async with come(site, "192.0.2.1", HOST) as client:
            answer = await client.post("/login", data={"password": WORD})
            assert (answer.status_code, answer.headers["location"]) == (303, "/")
            assert "Path=/;" in answer.headers["set-cookie"] and "Secure" not in answer.headers["set-cookie"]


async def test_what_an_open_page_asks_for_is_below_it_where_its_cookie_goes(tmp_path: Path) -> None:
    async with asura(tmp_path, base_path="/watch") as site:
        await page_of(site, "password")
        for host, root in (("asura.test", "/watch/status/page"), (HOST, "")):
            async with come(site, host=host) as client:
                assert (await client.post(f"{root}/login", data={"password": OLD_WORD})).status_code == 303
                page = await client.get(root or "/")
                (polled,) = re.findall(r'data-poll="([^"]+)"', page.text)
                assert (await client.get(polled)).status_code == 200
                for loaded in re.findall(r'(?:href|src)="(/[^"]+\.(?:css|js|svg|rss|atom|json|ics))"', page.text):
                    assert (await client.get(loaded)).status_code == 200, loaded


async def test_a_browser_is_not_challenged_for_what_a_page_loads(tmp_path: Path) -> None:
    """It would open a window of its own over the form."""
    async with asura(tmp_path) as site:
        await page_of(site, "password")
        async with come(site) as client:
            for mode, challenged in (("no-cors", False), ("cors", False), ("same-origin", False), ("navigate", True)):
                answer = await client.get("/status/page/api/v2/summary.json", headers={"Sec-Fetch-Mode": mode})
                assert (answer.status_code, "www-authenticate" in answer.headers) == (401, challenged)


async def test_the_form_of_a_locked_page_tells_its_title_and_nothing_else(tmp_path: Path) -> None:
    async with asura(tmp_path) as site:
        more = {
            "description": "CANARY",
            "links": [{"text": "CANARY", "url": "https://canary.example"}],
            "css": "a{b:c}",
        }
        await page_of(site, "password", **more)
        async with come(site) as client:
            text = (await client.get("/status/page")).text
    assert "CANARY" not in text and "canary" not in text and "theme.css" not in text and "logo" not in text
    assert "Page" in text and 'type="password"' in text and "<script" not in text
