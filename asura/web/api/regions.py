"""Regions: which there are, and what each says of a monitor."""

from starlette.responses import Response

from asura.web import find, present_regions
from asura.web.answers import json_answer
from asura.web.route import Call


async def index(call: Call) -> Response:
    """Answer every region: how many probes speak for it, and what it sees."""
    return json_answer(present_regions.overview(call.engine, call.reach))


async def of_monitor(call: Call) -> Response:
    """Answer what each region says of a monitor, what they agree on, and how each found it in the last 24 hours."""
    return json_answer(await present_regions.of_monitor(call.engine, find.monitor(call)))
