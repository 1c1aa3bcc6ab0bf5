"""The API under cases made from its own OpenAPI document: right ones, wrong ones, and the edges between."""

from typing import Any

import pytest

from tests.fuzz.fuzzing import Api, api, cases, look, schema

pytestmark = pytest.mark.fuzz

__all__ = ["api"]


@schema.parametrize()
@cases(500, derandomize=True)
def test_no_case_breaks_the_contract(case: Any, api: Api) -> None:
    look(case, api)
