"""Looking at each monitor once comes to the same as asking every window about every monitor."""

import itertools
import time

from asura.domain.concern import Concern
from asura.domain.maintenance import WindowConfig, covers
from asura.domain.monitor import MonitorConfig

TAGS: tuple[tuple[str, ...], ...] = ((), ("eu",), ("us", "eu"), ("id",))
CHOSEN = [
    {},
    {"monitor_ids": (2, 5)},
    {"tags": ("eu",)},
    {"tags": ("*",)},
    {"groups": ("Web", "")},
    {"groups": ("eu",), "tags": ("Web",)},
    {"monitor_ids": (1,), "tags": ("us",), "groups": ("Mail",)},
]


def monitor(tags: tuple[str, ...] = (), group: str | None = None) -> MonitorConfig:
    return MonitorConfig(name="Shop", type="http", target="https://shop.example", tags=tags, group=group)


def test_it_is_what_each_window_says_of_each_monitor() -> None:
    kinds = itertools.product(TAGS, (None, "", "Web", "Mail"))
    monitors = {number: monitor(tags, group) for number, (tags, group) in enumerate(kinds)}
    # Component 100 stands for all of them, and the others for one each, in an order of their own.
    standing = [(100, number, one) for number, one in monitors.items()]
    standing += [(number, number, monitors[number]) for number in sorted(monitors, reverse=True)]
    concern = Concern(standing)
    for chosen in CHOSEN:
        config = WindowConfig(name="Work", **chosen)  # type: ignore[arg-type]
        about = [number for number in sorted(monitors, reverse=True) if covers(config, number, monitors[number])]
        assert concern.of(config) == (*([100] if about else []), *about)


def test_thousands_of_both_take_a_moment() -> None:
    concern = Concern((number, number, monitor(("deploy",), "Web")) for number in range(3_000))
    windows = [WindowConfig(name="Work", tags=("deploy",), monitor_ids=(number % 50,)) for number in range(3_000)]
    began = time.process_time()
    assert {len(concern.of(window)) for window in windows} == {3_000}
    assert time.process_time() - began < 2, "asking each about each takes ten times as long"
