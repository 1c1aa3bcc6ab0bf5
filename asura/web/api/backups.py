"""Backups: which are there, another one now, and one to take away."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.responses import Response, StreamingResponse

from asura.domain import backup
from asura.engine.shelf import Shelved
from asura.web import present, shapes
from asura.web.answers import json_answer, no_content
from asura.web.route import Call

MEDIA_TYPE = "application/octet-stream"
# A message may hold the address of a bucket, and what its service answered.
NOT_SAID = "The last backup failed. Admins are told why."
_PIECE = 256 * 1024


async def index(call: Call) -> Response:
    """Answer the backups that are there, newest first."""
    desk = call.engine.backups
    state = desk.state(call.engine.clock.now())
    rows = [_row(one) for one in await desk.list()]
    return json_answer(shapes.Backups(rows, None, state.running, state.stage, state.progress_ratio))


async def create(call: Call) -> Response:
    """Begin to make one."""
    await call.engine.backups.ask()
    return json_answer(await state_of(call), 202)


async def download(call: Call) -> Response:
    """Answer a backup as it is."""
    name = call.ref("name")
    path = await call.engine.backups.read(name)
    size = (await asyncio.to_thread(path.stat)).st_size
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(size),
        "Cache-Control": "no-store",
    }
    return StreamingResponse(_pieces(path, size), headers=headers, media_type=MEDIA_TYPE)


async def delete(call: Call) -> Response:
    """Delete a backup."""
    await call.engine.backups.delete(call.ref("name"))
    return no_content()


async def state_of(call: Call) -> shapes.BackupState:
    """Return how it stands with backups, without a word of where files lie; why one failed is for admins."""
    engine, desk = call.engine, call.engine.backups
    state = desk.state(engine.clock.now())
    last, failed = state.last, state.failed
    return shapes.BackupState(
        every_s=state.every.total_seconds(),
        dir_ok=await desk.shelf.usable(),
        last=None
        if last is None
        else shapes.LastBackup(
            present.instant(last.at), last.name, last.bytes, last.encrypted, last.took_s, last.uploaded
        ),
        failed=None
        if failed is None
        else shapes.FailedBackup(present.instant(failed.at), _message(call, failed.message)),
        running=state.running,
        progress_ratio=state.progress_ratio,
        next_at=present.maybe_instant(state.next_at),
    )


def _message(call: Call, message: str) -> str:
    if call.actor is None or call.actor.role != "admin":
        return NOT_SAID
    engine = call.engine
    return present.without_places(message, engine.backups.shelf.folder, engine.store.path.parent)


def _row(one: Shelved) -> shapes.Backup:
    at = backup.at_of(one.name)
    assert at is not None
    return shapes.Backup(
        name=one.name,
        at=present.instant(at),
        bytes=one.bytes,
        encrypted=one.name.endswith(".age"),
        verified=one.made is not None,
        uploaded=one.made is not None and one.made.uploaded,
    )


async def _pieces(path: Path, size: int) -> AsyncIterator[bytes]:
    """Yield a file in pieces, read off the event loop; as much of it as was announced."""
    file = await asyncio.to_thread(path.open, "rb")
    try:
        while size > 0 and (piece := await asyncio.to_thread(file.read, min(_PIECE, size))):
            size -= len(piece)
            yield piece
    finally:
        file.close()
