"""What was seen when an incident began and moved, by region."""

from starlette.responses import Response

from asura.store import incidents as stored
from asura.web import find, present, shapes
from asura.web.answers import json_answer
from asura.web.route import Call


async def index(call: Call) -> Response:
    """Answer everything that was kept of an incident's checks, oldest first."""
    number = find.number(call)
    async with call.engine.store.read() as reader:
        call.reach.incident(await stored.get(reader, number))
        rows = await stored.evidence(reader, number)
    return json_answer(shapes.Sightings([present.sighting(row) for row in rows]))
