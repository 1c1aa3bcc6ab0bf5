"""A status page with nothing fake: visitors see an outage, subscribers get mails, planned work alarms nobody."""

import json
import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.process import Asura, Mailbox, Target, asura, eventually, mailbox, until
from tests.process import target as listening

pytestmark = pytest.mark.faults

INTERVAL = 5
SMTP = """
smtp:
  host: 127.0.0.1
  port: {port}
  from: status@example.org
  tls_mode: none
status_page:
  title: Example status
"""


async def test_an_outage_is_shown_and_mailed_and_ends_in_public(tmp_path: Path) -> None:
    async with mailbox() as box, listening() as target, asura(tmp_path, config=SMTP.format(port=box.port)) as program:
        monitor = await _monitor(program, target, name="internal-shop-7", tags=["shop"])
        page = await _page(program, monitor)
        await _subscribe(program, box, "reader@example.net")
        await until_page(program, "/status/acme", "Website", within=5)

        await target.stop()
        await _board(program, "acme", "major_outage", within=INTERVAL * 3)
        await until(lambda: len(box.mails) == 2, within=10, what="the mail about the outage")
        told = _mail(box, 1)
        assert "Website" in str(told["Subject"])
        assert told["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        shown = (await program.http.get(f"{program.url}/status/acme")).text
        assert "Website is not available" in shown
        assert "internal-shop-7" not in shown and str(target.port) not in shown, "nothing internal is shown"

        (post,) = (await program.get(f"/status-pages/{page}/incidents"))["data"]
        said = {"status": "identified", "text": "A *disk* is full."}
        await program.post(f"/status-pages/{page}/incidents/{post['id']}/updates", said)
        await until(lambda: len(box.mails) == 3, within=10, what="the mail about the update")
        await until_page(program, "/status/acme", "A <em>disk</em> is full.", within=8)

        await target.start()
        await _board(program, "acme", "operational", within=INTERVAL * 3, but_for_posts=True)
        said = {"status": "resolved", "text": "There is room again."}
        await program.post(f"/status-pages/{page}/incidents/{post['id']}/updates", said)
        await _board(program, "acme", "operational", within=8)
        await until(lambda: len(box.mails) == 4, within=10, what="the mail about the end")

        link = re.search(r"<(http[^>]+)>", str(told["List-Unsubscribe"]))
        assert link is not None
        assert await _send(link[1], {"List-Unsubscribe": "One-Click"}) == 200
        await program.post(
            f"/status-pages/{page}/incidents", {"kind": "notice", "title": "We move", "text": "On Sunday."}
        )
        feed = (await program.http.get(f"{program.url}/status/acme/history.atom")).text
        assert "There is room again" in feed and "We move" in feed
        assert await program.terminate() == 0
        assert len(box.mails) == 4, "who has unsubscribed hears nothing more"


async def test_planned_work_by_one_call_alarms_nobody_until_it_is_over(tmp_path: Path) -> None:
    async with asura(tmp_path) as program, listening() as target, listening() as hook:
        url = f"http://127.0.0.1:{hook.port}/hook"
        await program.post("/channels", {"name": "hook", "type": "webhook", "settings": {"url": url}})
        monitor = await _monitor(program, target, name="Shop", tags=["deploy"])
        made = await program.post("/keys", {"name": "deploy", "role": "editor", "scopes": ["maintenance"]})
        by_key = {"Authorization": f"Bearer {made['key']}"}
        deploy = httpx2.AsyncClient(headers=by_key, base_url=f"{program.url}/api/v1")
        planned = (await deploy.post("/maintenance?tag=deploy&for=20m")).json()
        assert (await deploy.get("/monitors")).status_code == 403, "the key can do nothing else"
        await _status(program, monitor, "maintenance", within=2)

        await target.stop()
        await until_failing(program, monitor, within=INTERVAL * 3)
        assert (await program.get(f"/monitors/{monitor}"))["status"] == "maintenance"
        assert hook.calls == []
        assert (await deploy.post(f"/maintenance/{planned['id']}/end")).status_code == 200
        await until(lambda: len(hook.calls) == 1, within=INTERVAL * 3, what="the alert at the end")
        assert json.loads(hook.calls[0].body)["event"] == "incident.opened"
        await target.start()
        await until(lambda: len(hook.calls) == 2, within=INTERVAL * 3, what="the end of the outage")
        await deploy.aclose()
        assert await program.terminate() == 0


async def _monitor(program: Asura, target: Target, *, name: str, tags: list[str]) -> int:
    body = {
        "name": name,
        "type": "http",
        "target": f"http://127.0.0.1:{target.port}/",
        "interval": INTERVAL,
        "timeout": 2,
        "retries": 0,
        "failure_threshold": 1,
        "tags": tags,
    }
    monitor: int = (await program.post("/monitors", body))["id"]
    await _status(program, monitor, "up", within=5)
    return monitor


async def _page(program: Asura, monitor: int) -> int:
    body = {
        "slug": "acme",
        "title": "Acme",
        "components": [{"name": "Website", "monitor_id": monitor}],
        "auto_incidents": {"when": "at_once"},
    }
    page: int = (await program.post("/status-pages", body))["id"]
    return page


async def _subscribe(program: Asura, box: Mailbox, address: str) -> None:
    form = {"kind": "email", "address": address}
    assert await _send(f"{program.url}/status/acme/subscribe", form) < 300
    await until(lambda: len(box.mails) == 1, within=10, what="the mail that asks")
    text = _text(_mail(box, 0))
    link = re.search(r"http://\S+/confirm\?token=[\w-]+", text)
    assert link is not None, text
    token = link[0].partition("token=")[2]
    assert await _send(link[0], {"token": token}) < 300


async def _send(url: str, form: dict[str, str]) -> int:
    """Send a form as a browser without scripts does, and return the status of the answer."""
    async with httpx2.AsyncClient() as visitor:
        return (await visitor.post(url, data=form)).status_code


def _mail(box: Mailbox, number: int) -> EmailMessage:
    found = message_from_bytes(box.mails[number][1], policy=default)
    assert isinstance(found, EmailMessage)
    return found


def _text(mail: EmailMessage) -> str:
    part = mail.get_body(preferencelist=("plain",))
    assert part is not None
    return str(part.get_content())


async def _status(program: Asura, monitor: int, wanted: str, *, within: float) -> None:
    async def found() -> bool:
        status: str = (await program.get(f"/monitors/{monitor}"))["status"]
        return status == wanted

    await eventually(found, within=within, what=f"status {wanted}")


async def until_failing(program: Asura, monitor: int, *, within: float) -> None:
    async def found() -> bool:
        rows: list[dict[str, Any]] = (await program.get(f"/monitors/{monitor}/results?limit=1"))["data"]
        return bool(rows) and rows[0]["status"] == "down" and rows[0]["maintenance"] is True

    await eventually(found, within=within, what="a failing result that is marked")


async def _board(program: Asura, slug: str, wanted: str, *, within: float, but_for_posts: bool = False) -> None:
    async def found() -> bool:
        board = await program.get(f"/status/{slug}")
        if but_for_posts:
            # What people say stands until they say otherwise; the bars tell what was measured.
            monitors = (await program.get("/monitors"))["data"]
            return all(one["status"] == "up" for one in monitors)
        return bool(board["status"] == wanted)

    await eventually(found, within=within, what=f"a page that says {wanted}")


async def until_page(program: Asura, path: str, wanted: str, *, within: float) -> None:
    async def found() -> bool:
        return wanted in (await program.http.get(f"{program.url}{path}")).text

    await eventually(found, within=within, what=f"{path} with {wanted}")
