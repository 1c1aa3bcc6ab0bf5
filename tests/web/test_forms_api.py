"""What forms are made of, over HTTP: types with their schemas, the next times of a schedule, secrets that are lent."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from asura.cli.docs import rendered
from asura.domain.fields import STARS, Secret
from tests.web.harness import V1, asura, channel, listener, monitor, paths_of

NEXT = f"{V1}/schedules/next"
BASIC = {"type": "basic", "username": "ada", "password": "s3cret"}
STARRED = {**BASIC, "password": STARS}


async def test_monitors_share_fields_that_are_described_like_the_settings_of_a_type(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client(None) as client:
        answer = (await client.get(f"{V1}/check-types")).json()
    fields = answer["monitor"]["properties"]
    assert all(field.get("title") for field in fields.values())
    assert (fields["timeout"]["unit"], fields["timeout"]["only"]) == ("s", "checked")
    types = {row["name"]: row for row in answer["data"]}
    assert types["http"]["defaults"]["timeout"] == 10
    assert (types["http"]["defaults"]["interval"], types["heartbeat"]["defaults"]["interval"]) == (60, 86_400)
    assert (types["heartbeat"]["passive"], types["http"]["passive"]) == (True, False)


async def test_each_word_of_an_assertion_brings_the_comparisons_that_fit(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        row = next(row for row in (await client.get(f"{V1}/check-types")).json()["data"] if row["name"] == "http")
        assert row["operators"].keys() == set(row["assertable"])
        for word, operators in row["operators"].items():
            for op in operators:
                value = ["200"] if op in ("in", "not_in") else "200"
                expected = {"on": word, "op": op, "value": value, "name": "X-A", "path": "$.a"}
                body = monitor(type="http", target="http://127.0.0.1:9/", assertions=[expected], name=f"{word} {op}")
                assert (await client.post(f"{V1}/monitors", json=body)).status_code == 201, (word, op)


async def test_channels_name_the_events_that_they_can_tell_of(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        events = (await client.get(f"{V1}/channel-types")).json()["channel"]["properties"]["events"]["labels"]
        answer = await client.post(f"{V1}/channels", json=channel(events=list(events)))
    assert answer.json()["events"] == list(events)


async def test_a_schedule_tells_when_it_comes_next(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("viewer") as client:
        query = {"cron": ["30 2 * * *", "0 14 * * 1,2"], "timezone": "Europe/Berlin", "count": 4}
        answer = (await client.get(NEXT, params=query)).json()
    assert (answer["timezone"], len(answer["data"])) == ("Europe/Berlin", 4)
    assert all(first < second for first, second in pairwise(answer["data"]))


@pytest.mark.parametrize(
    ("query", "paths"),
    [
        ({}, {"cron"}),
        ({"cron": "61 2 * * *"}, {"cron"}),
        ({"cron": "30 2 * * *", "timezone": "Mars/Olympus"}, {"timezone"}),
        ({"on_calendar": "yesterday"}, {"on_calendar"}),
        ({"cron": "* * * * *", "count": "0"}, {"count"}),
        ({"cron": "1 " * 4000}, {"cron"}),
    ],
)
async def test_a_wrong_schedule_is_named_by_its_field(tmp_path: Path, query: dict[str, str], paths: set[str]) -> None:
    async with asura(tmp_path) as site, site.client("viewer") as client:
        answer = await client.get(NEXT, params=query)
    assert (answer.status_code, paths_of(answer)) == (422, paths)


async def test_a_copy_takes_the_secrets_of_the_monitor_that_lends_them(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        body: dict[str, Any] = {"type": "http", "target": "http://127.0.0.1:9/", "settings": {"auth": BASIC}}
        made = (await client.post(f"{V1}/monitors", json=monitor(**body))).json()
        body["settings"] = {"auth": STARRED}
        copied = await client.post(f"{V1}/monitors?secrets_from=shop", json=monitor(**body, name="Copy"))
        assert copied.status_code == 201
        stored = site.engine.live.find(copied.json()["id"]).monitor.config  # type: ignore[union-attr]
        assert stored.settings["auth"]["password"] == Secret("s3cret")
        assert made["settings"] == copied.json()["settings"] == {"auth": STARRED}
        nobody = await client.post(f"{V1}/monitors?secrets_from=99", json=monitor(**body, name="Nobody"))
        assert (nobody.status_code, paths_of(nobody)) == (422, {"secrets_from"})


async def test_an_edit_is_tried_out_with_the_secrets_that_are_stored(tmp_path: Path) -> None:
    taken = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
    async with asura(tmp_path) as site, site.client("editor") as client, listener(taken) as where:
        body = {"type": "http", "target": f"http://{where}/", "settings": {"secret_headers": {"X-Token": "s3cret"}}}
        await client.post(f"{V1}/monitors", json=monitor(**body))
        body["settings"] = {"secret_headers": {"X-Token": STARS}}
        tried = await client.post(f"{V1}/checks?secrets_from=shop", json=body)
        assert (tried.status_code, tried.json()["status"]) == (200, "up")
        lent = {"url": f"http://{where}/", "secret": "s3cret"}
        await client.post(f"{V1}/channels", json=channel(settings=lent))
        starred = channel(settings=lent | {"secret": STARS})
        assert (await client.post(f"{V1}/channels/test?secrets_from=hook", json=starred)).json()["ok"] is True
        gone = await client.post(f"{V1}/channels/test?secrets_from=nobody", json=starred)
        assert (gone.status_code, paths_of(gone)) == (422, {"secrets_from"})


async def test_each_channel_tells_how_it_fares(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as editor, site.client("viewer") as viewer:
        await editor.post(f"{V1}/channels", json=channel())
        (row,) = (await viewer.get(f"{V1}/notifications/tallies")).json()["data"]
    assert row == {"channel_id": 1, "last": None, "sent_24h": 0, "dead_24h": 0, "waiting": 0, "failing": 0}


async def test_monitors_that_name_a_channel_can_be_listed(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        await client.post(f"{V1}/channels", json=channel())
        await client.post(f"{V1}/monitors", json=monitor(channel_ids=["hook"]))
        await client.post(f"{V1}/monitors", json=monitor(name="Other"))
        for ref, names in (("hook", ["Shop"]), ("1", ["Shop"]), ("nobody", [])):
            rows = (await client.get(f"{V1}/monitors", params={"channel_id": ref})).json()["data"]
            assert [row["name"] for row in rows] == names


def test_the_fixture_of_the_dashboard_is_current() -> None:
    name = "ui/tests/fixtures/types.json"
    assert (Path(__file__).resolve().parents[2] / name).read_text("utf-8") == rendered(name), "run ./dev docs"
