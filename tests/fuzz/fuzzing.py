"""What tests of cases made from the API's own OpenAPI document share: the schema, a served asura, and a look."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from typing import Any, NamedTuple

import pytest

schemathesis = pytest.importorskip("schemathesis", reason="install the extra: pip install -e .[fuzz]")

from hypothesis import HealthCheck, Phase, settings  # noqa: E402

from asura.net.network import Network, NetworkConfig  # noqa: E402
from asura.net.resolver import Resolver  # noqa: E402
from asura.web.app import ROUTES, WebOptions  # noqa: E402
from asura.web.openapi import document  # noqa: E402
from tests.web.harness import V1, asura, channel, monitor, served  # noqa: E402

# A guard that does not hold (412) is told before the body is looked at.
REFUSALS = [400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 422, 429]
CONFIG = schemathesis.Config.from_dict({"checks": {"negative_data_rejection": {"expected-statuses": REFUSALS}}})
# An event stream has no end to wait for; its tests are tests/web/test_stream.py.
schema = schemathesis.openapi.from_dict(document(ROUTES, WebOptions()), config=CONFIG).exclude(path=f"{V1}/events")


class Api(NamedTuple):
    """Where an asura is served, and the key that opens it."""

    base: str
    key: str


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """Yield a served asura that holds a monitor, an incident and a channel, and knows no names."""
    found: Queue[Api] = Queue()
    stop = threading.Event()
    folder = tmp_path_factory.mktemp("fuzz")
    thread = threading.Thread(target=lambda: asyncio.run(serve(folder, found, stop)))
    thread.start()
    try:
        yield found.get(timeout=20)
    finally:
        stop.set()
        thread.join(20)


async def serve(folder: Path, found: Queue[Api], stop: threading.Event) -> None:
    """Serve an asura until told to stop."""
    net = Network(NetworkConfig(), resolver=Resolver(4, lookup=nowhere))
    async with asura(folder, net=net) as site, served(site.app) as base:
        async with site.client() as client:
            await client.post(f"{V1}/monitors", json=monitor(enabled=True, failure_threshold=1, retries=0))
            await client.post(f"{V1}/monitors/1/check-now")
            await client.post(f"{V1}/channels", json=channel())
        found.put(Api(base, site.keys["admin"]))
        await asyncio.to_thread(stop.wait)


def nowhere(*_: Any, **__: Any) -> Any:
    """Answer every question for a name: there is none."""
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def look(case: Any, api: Api) -> None:
    """Send one case and hold the answer against the document and the conventions."""
    answer = case.call_and_validate(
        base_url=api.base,
        headers={"Authorization": f"Bearer {api.key}"},
        excluded_checks=[
            # Types bring rules of their own, which a schema of all types cannot say.
            schemathesis.checks.positive_data_acceptance,
            # Cases share one asura: what one deletes another still looks for.
            schemathesis.checks.ensure_resource_availability,
            schemathesis.checks.use_after_free,
            # No loop runs here, so that nothing moves by itself: 503 is the right answer of this one.
            *([schemathesis.checks.not_a_server_error] if "health/ready" in case.path else []),
        ],
    )
    assert answer.status_code != 500
    assert len(answer.headers["x-request-id"][0]) == 16
    if answer.status_code >= 400 and "health/ready" not in case.path:
        kind = answer.headers["content-type"][0]
        assert kind == "application/problem+json" or _speaks_as_another(case.path)
        assert b"Traceback" not in answer.content


def _speaks_as_another(path: str) -> bool:
    """Whether refusals of a route are told as another product tells them, or as the one text of public routes."""
    return any(route.refusals for route in ROUTES if route.path == path)


def cases(count: int, **more: Any) -> settings:
    """Return how many cases are made of each operation so that they are `count` together."""
    return settings(
        max_examples=count // len(ROUTES) + 1,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        **more,
    )
