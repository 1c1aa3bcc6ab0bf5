"""What Prometheus is told: the names that the world relies on, and figures that are true."""

from pathlib import Path

import pytest

from asura.domain.consensus import Silence
from asura.domain.wire import Batch, State
from asura.engine.metrics import Metric, collect
from asura.web.metrics import render
from tests.world import DOWN, World, world

QUICK = {"retries": 0, "failure_threshold": 1, "interval": 60}


def value(w: World, name: str, **labels: str) -> float:
    (sample,) = [one for one in named(w, name).samples if labels.items() <= one.labels.items() and not one.suffix]
    return sample.value


def named(w: World, name: str) -> Metric:
    (metric,) = [metric for metric in collect(w.engine) if metric.name == name]
    return metric


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("checks_processed_total", "counter"),
        ("checks_failed_total", "counter"),
        ("scheduler_lag_seconds", "histogram"),
        ("db_query_duration_seconds", "histogram"),
        ("event_loop_lag_seconds", "gauge"),
        ("monitors", "gauge"),
        ("incidents_open", "gauge"),
    ],
)
async def test_the_promised_names_are_there(tmp_path: Path, name: str, kind: str) -> None:
    async with world(tmp_path) as w:
        await w.monitor(**QUICK)
        metric = named(w, name)
        assert (metric.type, bool(metric.samples), metric.help.endswith(".")) == (kind, True, True)


async def test_figures_follow_what_happens(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.monitor("shop", **QUICK)
        w.say(DOWN, "blog")
        await w.monitor("blog", **QUICK)
        await w.advance(120)
        assert (value(w, "checks_processed_total"), value(w, "checks_failed_total")) == (6, 3)
        assert (value(w, "monitors", status="up"), value(w, "monitors", status="down")) == (1, 1)
        assert (value(w, "monitor_up", slug="shop"), value(w, "monitor_up", slug="blog")) == (1, 0)
        assert value(w, "monitor_latency_seconds", slug="shop") == 0.0125
        assert (value(w, "incidents_open"), value(w, "checks_in_flight"), value(w, "blind")) == (1, 0, 0)
        assert value(w, "db_commits") == w.store.stats()["commits"]


async def test_each_probe_and_region_has_its_figures(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        assert value(w, "region_votes", region="local") == 1
        probe, _ = await w.engine.probes.create("eu", "paris", by="admin")
        who = {"region": "eu", "probe": "paris"}
        assert (value(w, "probe_up", **who), value(w, "probe_monitors", **who)) == (0, 0)
        w.engine.roster.greet(probe.id, "boot", "1.0", wall=w.clock.now().timestamp() + 3)
        await w.monitor(**QUICK)
        assert (value(w, "probe_up", **who), value(w, "probe_monitors", **who)) == (1, 1)
        assert value(w, "probe_clock_skew_seconds", **who) == 3
        state = State(checks_per_s=2.5, in_flight=4, late_s=0.1, lag_s=9, spooled=7, lost=5)
        w.engine.roster.report(probe.id, Batch(boot="boot", seq=1, state=state), wall=None, refused=6)
        names = ("checks_per_second", "checks_in_flight", "late_seconds", "lag_seconds")
        assert [value(w, f"probe_{name}", **who) for name in names] == [2.5, 4, 0.1, 9]
        names = ("results_spooled", "results_lost_total", "results_refused_total", "blind")
        assert [value(w, f"probe_{name}", **who) for name in names] == [7, 5, 6, 0]
        assert value(w, "region_votes", region="eu") == 1
        w.engine.live.mute["eu"] = Silence.BLIND
        assert (value(w, "region_votes", region="eu"), value(w, "region_votes", region="local")) == (0, 1)
        assert 'probe_up{region="eu",probe="paris"} 1' in render(collect(w.engine))


@pytest.mark.parametrize("name", ["scheduler_lag_seconds", "db_query_duration_seconds"])
async def test_histograms_are_cumulative_and_end_with_their_count(tmp_path: Path, name: str) -> None:
    async with world(tmp_path) as w:
        await w.monitor(**QUICK)
        await w.advance(300)
        await w.engine.keys.load()
        async with w.store.read() as reader:
            await reader.execute_fetchall("SELECT 1")
        series: dict[str, list[tuple[str, str, float]]] = {}
        for sample in named(w, name).samples:
            series.setdefault(sample.labels.get("kind", ""), []).append(
                (sample.suffix, sample.labels.get("le", ""), sample.value)
            )
        assert series
        for samples in series.values():
            buckets = [number for suffix, _, number in samples if suffix == "_bucket"]
            (total,) = [number for suffix, _, number in samples if suffix == "_count"]
            assert buckets == sorted(buckets)
            assert buckets[-1] == total > 0
            assert [le for suffix, le, _ in samples if suffix == "_bucket"][-1] == "+Inf"


async def test_names_are_never_given_twice_and_all_of_it_can_be_rendered(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.monitor(**QUICK)
        metrics = collect(w.engine)
        names = [metric.name for metric in metrics]
        assert len(names) == len(set(names))
        page = render(metrics)
        assert 'monitor_up{id="1",slug="shop",name="Shop",type="fake",status="up"} 1' in page
