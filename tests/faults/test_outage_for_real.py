"""The main job with nothing fake: a real target dies, asura believes it, and webhook and mail arrive in time."""

import json
import time
from email import message_from_bytes
from email.policy import default
from hashlib import sha256
from hmac import new as hmac
from pathlib import Path

import pytest

from tests.process import Asura, Mailbox, Target, asura, mailbox, until
from tests.process import target as listening

pytestmark = pytest.mark.faults

INTERVAL, RETRIES, RETRY_INTERVAL, TIMEOUT = 5, 1, 1, 2


async def test_a_dead_target_is_told_by_webhook_and_mail_in_time_and_its_return_too(tmp_path: Path) -> None:
    async with asura(tmp_path) as program, mailbox() as box, listening() as target, listening() as hook:
        await _channels(program, hook, box)
        monitor = await program.post("/monitors", _monitor(target))
        await _status(program, monitor["id"], "up", within=3)

        await target.stop()
        died = time.monotonic()
        within = INTERVAL * 2 + RETRIES * 1.1 * RETRY_INTERVAL * 2 + TIMEOUT + 1
        await until(lambda: len(hook.calls) == 1, within=within, what="the webhook")
        await until(lambda: len(box.mails) == 1, within=within - (time.monotonic() - died), what="the mail")

        call = hook.calls[0]
        document = json.loads(call.body)
        assert document["event"] == call.headers["x-asura-event"] == "incident.opened"
        assert document["incident"]["cause"] == "connect_refused"
        signed = call.headers["x-asura-timestamp"].encode() + b"." + call.body
        assert call.headers["x-asura-signature"] == "sha256=" + hmac(b"shared", signed, sha256).hexdigest()
        mail = message_from_bytes(box.mails[0][1], policy=default)
        assert mail["Subject"] == "DOWN: Shop"

        (incident,) = (await program.get("/incidents?status=open"))["data"]
        assert incident["started_at"] < incident["detected_at"], "back-dated to the first failing check"

        await target.start()
        await until(lambda: len(hook.calls) == 2, within=INTERVAL + TIMEOUT + 1, what="the end")
        ended = json.loads(hook.calls[1].body)
        assert ended["event"] == "incident.resolved"
        assert ended["incident"]["duration_s"] > 0
        assert (await program.get("/incidents?status=open"))["data"] == []
        evidence = (await program.get(f"/incidents/{incident['id']}/evidence"))["data"]
        assert evidence, "what was seen is kept"
        assert await program.terminate() == 0


async def _channels(program: Asura, hook: Target, box: Mailbox) -> None:
    url = f"http://127.0.0.1:{hook.port}/hook"
    await program.post(
        "/channels", {"name": "hook", "type": "webhook", "default": True, "settings": {"url": url, "secret": "shared"}}
    )
    mail = {
        "host": "127.0.0.1",
        "port": box.port,
        "tls_mode": "plain",
        "from": "asura@example.org",
        "to": ["ops@example.org"],
    }
    await program.post("/channels", {"name": "mail", "type": "email", "default": True, "settings": mail})


def _monitor(target: Target) -> dict[str, object]:
    return {
        "name": "Shop",
        "type": "http",
        "target": f"http://127.0.0.1:{target.port}/",
        "interval": INTERVAL,
        "timeout": TIMEOUT,
        "retries": RETRIES,
        "retry_interval": RETRY_INTERVAL,
        "failure_threshold": 2,
    }


async def _status(program: Asura, monitor_id: int, status: str, *, within: float) -> None:
    deadline = time.monotonic() + within
    while (await program.get(f"/monitors/{monitor_id}"))["status"] != status:
        assert time.monotonic() < deadline, f"not {status} within {within} s"
