"""Tests of the executable need one: ./dev binary builds it."""

import pytest

from tests.frozen.kit import EXECUTABLE


@pytest.fixture(autouse=True, scope="module")
def built() -> None:
    """There must be something to drive."""
    if not EXECUTABLE.exists():
        pytest.skip("dist/asura is not there: ./dev binary builds it")
