"""Nothing secret is ever read back: canaries in every secret field, then everything that can be read is searched."""

import re
from pathlib import Path
from typing import Any

import pytest

from asura.domain.fields import STARS
from asura.web.app import ROUTES
from tests.web.harness import ROLES, V1, asura, channel, listener, monitor

CANARY = "canary-7f3a"
BROKEN = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
MONITORS = {
    "basic": monitor(type="http", target="http://127.0.0.1:9/", settings={
        "auth": {"type": "basic", "username": "u", "password": f"{CANARY}-password"},
        "secret_headers": {"X-Token": f"{CANARY}-header"},
        "proxy": "http://127.0.0.1:9", "proxy_username": "u", "proxy_password": f"{CANARY}-proxy",
    }),
    "bearer": monitor(type="http", target="http://127.0.0.1:9/", settings={
        "auth": {"type": "bearer", "token": f"{CANARY}-token"},
    }),
}  # fmt: skip
CHANNELS = {
    "webhook": channel(settings={
        "url": "https://hooks.example.com/x", "secret": f"{CANARY}-secret", "headers": {"X-Auth": f"{CANARY}-header"},
    }),
    "ntfy": channel(name="ntfy", type="ntfy", settings={"topic": "alerts", "token": f"{CANARY}-token"}),
    "discord": channel(name="discord", type="discord", settings={
        "webhook_url": f"https://discord.com/api/webhooks/123/{CANARY}-abc",
    }),
}  # fmt: skip


async def test_no_answer_to_anybody_holds_a_secret(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, listener(BROKEN) as target:
        # Streams have a test of their own: here they would never end.
        site.app.streams.close()
        async with site.client() as client:
            for slug, body in MONITORS.items():
                failing = {**body, "target": f"http://{target}/", "failure_threshold": 1, "retries": 0, "enabled": True}
                assert (await client.put(f"{V1}/monitors/{slug}", json=failing)).status_code == 201
                checked = await client.post(f"{V1}/monitors/{slug}/check-now")
                assert CANARY not in checked.text
                assert checked.json()["status"] == "down"
            for slug, body in CHANNELS.items():
                made = await client.post(f"{V1}/channels", json={**body, "slug": slug})
                assert made.status_code == 201, made.text
            assert (await client.post(f"{V1}/incidents/1/note", json={"note": "seen"})).status_code == 200
        token = await site.key("viewer", "read")
        seen = [(role, path, text) async for role, path, text in everything(site)]
    assert len(seen) > 30
    for role, path, text in seen:
        assert CANARY not in text, f"{role} reads a secret at {path}"
        assert token not in text
        assert not any(key in text for key in site.keys.values()), f"{role} reads a key at {path}"
        assert "sealed" not in text


async def everything(site: Any):
    """Yield what each role reads at each address that can be read."""
    for role in (None, *ROLES):
        async with site.client(role) as client:
            for route in ROUTES:
                if route.method != "GET":
                    continue
                for number in (1, 2, 3) if "{id}" in route.path else (1,):
                    path = re.sub(r"\{\w+\}", str(number), route.path)
                    answer = await client.get(path, params={"ids": "1,2"} if path.endswith("sparklines") else {})
                    yield role, path, answer.text


@pytest.mark.parametrize("slug", sorted(MONITORS))
async def test_stars_that_are_sent_back_keep_what_is_stored(tmp_path: Path, slug: str) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        made = (await client.put(f"{V1}/monitors/{slug}", json=MONITORS[slug])).json()
        stored = site.engine.live.find(slug).monitor.config.settings  # type: ignore[union-attr]
        assert STARS in str(made["settings"])
        whole = {**MONITORS[slug], "name": "Renamed", "settings": made["settings"]}
        assert (await client.put(f"{V1}/monitors/{slug}", json=whole)).status_code == 200
        assert (await client.patch(f"{V1}/monitors/{slug}", json={"settings": made["settings"]})).status_code == 200
        assert (await client.patch(f"{V1}/monitors/{slug}", json={"settings": {"verify": False}})).status_code == 200
        kept = site.engine.live.find(slug).monitor.config.settings  # type: ignore[union-attr]
    assert {name: kept[name] for name in stored} == stored
    assert kept["verify"] is False


async def test_a_channel_keeps_its_secrets_through_an_edit(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        made = (await client.post(f"{V1}/channels", json=CHANNELS["webhook"])).json()
        assert made["settings"]["secret"] == STARS
        assert made["settings"]["headers"] == {"X-Auth": STARS}
        await client.patch(f"{V1}/channels/1", json={"settings": {"method": "PUT"}})
        await client.put(f"{V1}/channels/hook", json={"name": "Hook", "type": "webhook", "settings": made["settings"]})
        kept = site.engine.channels.find(1).config.settings  # type: ignore[union-attr]
    assert kept["secret"].reveal() == f"{CANARY}-secret"
    assert kept["headers"]["X-Auth"].reveal() == f"{CANARY}-header"


async def test_a_viewer_does_not_see_credentials_that_were_written_as_plain_headers(tmp_path: Path) -> None:
    body = monitor(type="http", target="http://127.0.0.1:9/", settings={
        "headers": {"Authorization": f"Bearer {CANARY}", "Cookie": f"id={CANARY}", "Accept": "text/html"},
    })  # fmt: skip
    async with asura(tmp_path) as site, site.client("editor") as editor, site.client("viewer") as viewer:
        await editor.post(f"{V1}/monitors", json=body)
        assert CANARY in (await editor.get(f"{V1}/monitors/1")).text
        for path in ("/monitors/1", "/monitors", "/overview"):
            answer = await viewer.get(V1 + path)
            assert CANARY not in answer.text
        shown = (await viewer.get(f"{V1}/monitors/1")).json()["settings"]["headers"]
    assert shown == {"Authorization": STARS, "Cookie": STARS, "Accept": "text/html"}
