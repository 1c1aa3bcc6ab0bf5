"""What all tests share: async tests run on a real loop, and nothing is skipped where skipping is refused."""

import asyncio
import inspect
import os

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run `async def` tests to their end, with a deadline so that a hang is a failure."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    wanted = inspect.signature(pyfuncitem.obj).parameters
    arguments = {name: value for name, value in pyfuncitem.funcargs.items() if name in wanted}

    async def run() -> None:
        async with asyncio.timeout(120):
            await pyfuncitem.obj(**arguments)

    asyncio.run(run())
    return True


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """Turn a skip into a failure where the surroundings promise everything (ASURA_NO_SKIP=1)."""
    outcome = yield
    report = outcome.get_result()
    if report.skipped and os.environ.get("ASURA_NO_SKIP") == "1":
        report.outcome = "failed"
        report.longrepr = f"skipped where skipping is refused: {report.longrepr}"
