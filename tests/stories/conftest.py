"""Stories begin on an empty database, those of a release candidate on the previous release's (tests/canary.py)."""

from collections.abc import Iterator

import pytest

from tests import canary


@pytest.fixture(autouse=True)
def previous_database(request: pytest.FixtureRequest) -> Iterator[None]:
    """Lend the previous database, unless a story says that it starts empty."""
    if request.node.get_closest_marker("starts_empty"):
        yield
        return
    with canary.lent():
        yield
