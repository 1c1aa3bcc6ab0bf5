"""What all tests share: async tests run on the loop that asura runs on, and no skip passes where skips are refused."""

import asyncio
import inspect
import os
import pathlib
from collections.abc import Callable

import pytest
import uvloop
from hypothesis import settings

# How long one example takes says nothing on a machine that others use.
settings.register_profile("asura", deadline=None)
settings.load_profile("asura")

# What takes long comes first: begun last, it would keep a single worker busy at the end. Files of half a minute and
# more, the longest before the others; then those of folders whose files start processes.
LONGEST = (
    "faults/test_probes.py",
    "browser/test_hostile_input.py",
    "faults/test_load.py",
    "faults/test_status_page.py",
    "faults/test_uplink.py",
    "probe/test_courier.py",
    "frozen/test_systemd.py",
    "test_install_root.py",
    "browser/test_accounts.py",
    "faults/test_probes_divide.py",
    "probe/test_agent.py",
)
LONG = ("", "cli", "probe", "stories")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put files that take long before the others; within each part the order stays."""
    here = pathlib.Path(__file__).parent

    def place(item: pytest.Item) -> int:
        path = item.path.relative_to(here)
        if path.as_posix() in LONGEST:
            return LONGEST.index(path.as_posix())
        return len(LONGEST) + ("/".join(path.parts[:-1]) not in LONG)

    items.sort(key=place)


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

    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(run())
    return True


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return the loop of the product; ASURA_TEST_LOOP=asyncio takes the standard library's."""
    return None if os.environ.get("ASURA_TEST_LOOP") == "asyncio" else uvloop.new_event_loop


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """Turn a skip into a failure where the surroundings promise everything (ASURA_NO_SKIP=1)."""
    outcome = yield
    report = outcome.get_result()
    if report.skipped and os.environ.get("ASURA_NO_SKIP") == "1":
        report.outcome = "failed"
        report.longrepr = f"skipped where skipping is refused: {report.longrepr}"


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report(collector: pytest.Collector):
    """Turn the skip of a whole file into a failure likewise."""
    outcome = yield
    report = outcome.get_result()
    if report.outcome == "skipped" and os.environ.get("ASURA_NO_SKIP") == "1":
        report.outcome = "failed"
        report.longrepr = f"skipped where skipping is refused: {report.longrepr}"
