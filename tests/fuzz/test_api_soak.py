"""The same by the twenty thousand, by hand: `./dev test -m soak tests/fuzz/test_api_soak.py`.

A file of its own, because the first cases are made while pytest lists the tests, which takes its time.
"""

from typing import Any

import pytest

from tests.fuzz.fuzzing import Api, api, cases, look, schema

pytestmark = [pytest.mark.fuzz, pytest.mark.soak]

__all__ = ["api"]


@schema.parametrize()
@cases(20_000, derandomize=False)
def test_no_case_of_twenty_thousand_breaks_the_contract(case: Any, api: Api) -> None:
    look(case, api)
