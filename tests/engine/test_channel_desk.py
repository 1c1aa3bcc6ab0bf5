"""What people do with channels: every fault at once, secrets kept, and a test before they are trusted."""

from pathlib import Path
from typing import Any

import pytest

from asura.domain.channel import DEFAULT_EVENTS, ChannelConfig
from asura.errors import Conflict, DeliveryError, Invalid, NotFound
from tests.engine.kit import break_commits, faults, mend_commits, rows
from tests.engine.post import post
from tests.world import World, world

HOOK = {"name": "Hook", "type": "webhook", "settings": {"url": "https://hooks.example.com/x", "secret": "pw"}}


def refused(w: World, body: dict[str, Any], **options: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as raised:
        w.engine.channels.prepare(body, **options)
    return faults(raised.value)


async def test_a_channel_is_found_by_id_and_slug_and_listed_by_name(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        ops, admins = await w.channel("ops"), await w.channel("Admins".lower())
        assert w.engine.channels.list() == [admins, ops]
        for ref in (ops.id, str(ops.id), "ops"):
            assert w.engine.channels.find(ref) == ops
        assert w.engine.channels.find("nobody") is None


async def test_slugs_are_made_of_names_and_never_twice(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        config = ChannelConfig(name="On Call", type="fake")
        assert [(await w.engine.channels.create(config)).slug for _ in range(2)] == ["on-call", "on-call-2"]
        with pytest.raises(Conflict):
            await w.engine.channels.create(config, slug="on-call")
        assert len(w.engine.channels.list()) == 2


async def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        body = {"name": "", "type": "webhook", "settings": {"ulr": "x"}, "defualt": True}
        assert set(refused(w, body)) >= {"name", "settings.ulr", "settings.url", "defualt"}
        assert set(refused(w, {"name": "x", "type": "pigeon"})) == {"type"}
        assert set(refused(w, {})) == {"name", "type"}
        assert set(refused(w, {**HOOK, "events": ["incident.opened", "lunch"]})) == {"events[1]"}


async def test_a_partial_body_keeps_the_rest_and_stars_keep_secrets(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        desk = w.engine.channels
        old = desk.prepare({**HOOK, "default": True, "events": ["incident.opened"]})
        changed = desk.prepare({"name": "New"}, old=old, partial=True)
        assert (changed.name, changed.default, changed.events) == ("New", True, ("incident.opened",))
        assert changed.settings == old.settings
        stars = {"settings": {"url": "https://hooks.example.com/y", "secret": "********"}}
        moved = desk.prepare(stars, old=old, partial=True)
        assert (moved.settings["url"], moved.settings["secret"].reveal()) == ("https://hooks.example.com/y", "pw")
        whole = desk.prepare({**HOOK, **stars}, old=old)
        assert (whole.default, whole.events, whole.settings["secret"].reveal()) == (True, DEFAULT_EVENTS, "pw")
        assert "pw" not in repr(old)


async def test_an_edit_survives_a_restart_and_secrets_are_sealed(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        desk = w.engine.channels
        hook = await desk.create(desk.prepare(HOOK))
        edited = await desk.replace(hook.id, desk.prepare({"name": "New"}, old=hook.config, partial=True))
        assert b'"pw"' not in (await rows(w.store, "SELECT config FROM channels"))[0][0]
        await w.restart()
        assert w.engine.channels.find(hook.id) == edited


async def test_what_could_not_be_stored_is_not_known(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await break_commits(w.store, "channels")
        with pytest.raises(Exception, match="cannot commit"):
            await w.channel()
        assert w.engine.channels.list() == []
        await mend_commits(w.store)
        await w.channel()


async def test_one_of_the_file_is_changed_by_the_file_alone(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        desk = w.engine.channels
        ops = await desk.create(ChannelConfig(name="ops", type="fake"), managed_by="file")
        for change in (desk.delete(ops.id), desk.replace(ops.id, ChannelConfig(name="x", type="fake"))):
            with pytest.raises(Conflict, match="configuration file"):
                await change
        await desk.delete(ops.id, by_file=True)
        for act in (desk.delete(ops.id), desk.test(ops.id)):
            with pytest.raises(NotFound):
                await act


async def test_a_test_is_sent_for_real_and_answers_how_it_fared(tmp_path: Path) -> None:
    async with post(tmp_path) as w:
        ops = await w.channel()
        told = await w.engine.channels.test(ops.id)
        assert (told.ok, told.error) == (True, None)
        assert w.take() == [("ops", "This is a test from asura")]
        w.refusing["ops"] = DeliveryError("401: wrong token", permanent=True)
        told = await w.engine.channels.test(ops.id)
        assert (told.ok, told.error) == (False, "401: wrong token")
        unsaved = await w.engine.channels.try_out(ChannelConfig(name="draft", type="fake"))
        assert unsaved.ok
        assert w.take() == [("draft", "This is a test from asura")]
        assert await w.outbox() == [], "a test is no notification"
