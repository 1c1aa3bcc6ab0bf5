"""Channels: where messages go, and whether they arrive."""

from typing import Any

from starlette.responses import Response

from asura.domain.channel import Channel, ChannelConfig
from asura.engine.channel_desk import TestOutcome
from asura.web import cursor, edits, find, present, shapes
from asura.web.answers import check_match, created, json_answer, no_content
from asura.web.route import Call

WRITABLE = frozenset(ChannelConfig.__struct_fields__)


async def index(call: Call) -> Response:
    """Answer one page of channels, by id."""
    asked = call.asked()
    limit, after = asked.limit(), cursor.read(asked, "c")
    asked.done()
    seen = (one for one in call.engine.channels.list() if one.id > after and call.reach.sees_channel(one))
    found = sorted(seen, key=lambda one: one.id)
    page = [present.channel(one) for one in found[:limit]]
    more = cursor.write("c", page[-1].id) if len(found) > limit else None
    return json_answer(shapes.Page(page, more))


async def create(call: Call) -> Response:
    """Create a channel."""
    config, slug = _prepare(call, call.body, lender=find.lending_channel(call))
    channel = await call.engine.channels.create(config, slug=slug)
    return created(call, present.channel(channel), at=f"/channels/{channel.id}", etag=tag(channel))


async def show(call: Call) -> Response:
    """Answer one channel, with the tag that guards its edit."""
    return _shown(find.channel(call))


async def put(call: Call) -> Response:
    """Replace a channel."""
    return await _replace(call, partial=False)


async def patch(call: Call) -> Response:
    """Change some fields of a channel."""
    return await _replace(call, partial=True)


async def delete(call: Call) -> Response:
    """Delete a channel."""
    async with find.editing_channel(call):
        channel = find.channel(call)
        check_match(call.request, tag(channel))
        await call.engine.channels.delete(channel.id)
    return no_content()


async def test(call: Call) -> Response:
    """Send a test message and answer how it went."""
    return _outcome(await call.engine.channels.test(find.channel(call).id))


async def try_out(call: Call) -> Response:
    """Send a test message by an unsaved channel."""
    config, _ = _prepare(call, {"name": "unsaved"} | call.body, lender=find.lending_channel(call))
    return _outcome(await call.engine.channels.try_out(config))


def tag(channel: Channel) -> str:
    """Return the ETag of a channel."""
    return f'"c{channel.id}-{int(channel.updated_at.timestamp() * 1_000_000)}"'


async def _replace(call: Call, *, partial: bool) -> Response:
    async with find.editing_channel(call):
        channel = find.channel(call)
        check_match(call.request, tag(channel))
        config, _ = _prepare(call, call.body, channel.config, partial=partial)
        return _shown(await call.engine.channels.replace(channel.id, config))


def _prepare(
    call: Call,
    body: dict[str, Any],
    old: ChannelConfig | None = None,
    *,
    partial: bool = False,
    lender: ChannelConfig | None = None,
) -> tuple[ChannelConfig, str | None]:
    # What links to a channel may hold its slug: it is chosen once.
    writable = WRITABLE | {"slug"} if old is None else WRITABLE
    fields, faults = edits.sort_fields(body, writable, shapes.Channel.__struct_fields__)
    slug = edits.take_slug(fields, faults)
    if partial and old is not None:
        fields = edits.merged(old, fields)
    desk = call.engine.channels
    return edits.prepared(faults, lambda: desk.prepare(fields, old=old or lender, partial=partial)), slug


def _shown(channel: Channel) -> Response:
    return json_answer(present.channel(channel), headers={"ETag": tag(channel)})


def _outcome(found: TestOutcome) -> Response:
    duration = round(found.duration_ms, 3)
    return json_answer(shapes.TestOutcome(ok=found.ok, error=found.error or None, duration_ms=duration))
