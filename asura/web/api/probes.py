"""Probes: enrol one, see how they do, rename, give another key, revoke."""

from starlette.responses import Response

from asura.domain.probe import Probe
from asura.web import auth, cursor, find, present_probes, shapes
from asura.web.answers import created, json_answer, no_content
from asura.web.body import shaped
from asura.web.probe_bodies import NewProbe, ProbePatch
from asura.web.route import PROBE, Call


async def index(call: Call) -> Response:
    """Answer one page of probes, by id."""
    asked = call.asked()
    limit, after = asked.limit(), cursor.read(asked, "p")
    asked.done()
    found = [one for one in call.engine.probes.list() if one.id > after]
    page = [present_probes.probe(call.engine, one) for one in found[:limit]]
    more = cursor.write("p", page[-1].id) if len(found) > limit else None
    return json_answer(shapes.Page(page, more))


async def create(call: Call) -> Response:
    """Enrol a probe and show its key, this once."""
    wanted = shaped(call.body, NewProbe)
    _check_grant(call)
    made, key = await call.engine.probes.create(wanted.region, wanted.name or "", by=call.who)
    return created(call, present_probes.with_key(call.engine, made, key), at=f"/probes/{made.id}")


async def show(call: Call) -> Response:
    """Answer one probe."""
    return json_answer(present_probes.probe(call.engine, _probe(call)))


async def patch(call: Call) -> Response:
    """Give a probe another name."""
    wanted = shaped(call.body, ProbePatch)
    renamed = await call.engine.probes.rename(_probe(call).id, wanted.name)
    return json_answer(present_probes.probe(call.engine, renamed))


async def rotate(call: Call) -> Response:
    """Give a probe another key and show it, this once; the old one ends at once."""
    _check_grant(call)
    changed, key = await call.engine.probes.rotate(_probe(call).id)
    return json_answer(present_probes.with_key(call.engine, changed, key))


async def delete(call: Call) -> Response:
    """Revoke a probe, at once."""
    await call.engine.probes.delete(_probe(call).id)
    return no_content()


def _check_grant(call: Call) -> None:
    """Raise Invalid where a narrowed key makes one that is told what it is not itself: the secrets of checks."""
    auth.check_grant(call.actor, (PROBE,))


def _probe(call: Call) -> Probe:
    return call.engine.probes.get(find.number(call))
