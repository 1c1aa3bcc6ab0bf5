"""What asura tells Prometheus of itself and of what it watches."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from asura.domain.probe import Standing
from asura.domain.region import LOCAL
from asura.domain.status import Status

if TYPE_CHECKING:
    from asura.engine.engine import Engine


class Sample(NamedTuple):
    """One line: its labels and its value. `suffix` belongs to the parts of a histogram."""

    labels: dict[str, str]
    value: float
    suffix: str = ""


class Metric(NamedTuple):
    """One metric: name, help, Prometheus type, samples."""

    name: str
    help: str
    type: str
    samples: list[Sample]


def collect(engine: "Engine") -> list[Metric]:
    """Return every metric as it stands now."""
    return [
        *_process(engine),
        *_loops(engine),
        *_store(engine),
        *_monitors(engine),
        *_probes(engine),
        *_backups(engine),
    ]


def _process(engine: "Engine") -> list[Metric]:
    scheduler, judge, auditor = engine.runner.scheduler, engine.judge, engine.auditor
    return [
        _one("checks_processed_total", "Checks made, retries included.", "counter", engine.runner.processed),
        _one(
            "checks_failed_total", "Checks that found their target down or degraded.", "counter", engine.runner.failures
        ),
        _one("checks_in_flight", "Checks that run now.", "gauge", scheduler.in_flight),
        _one("checks_waiting", "Due checks that wait for a place.", "gauge", scheduler.waiting),
        _one("checks_late_total", "Checks that began more than a second late.", "counter", scheduler.late),
        _lateness(engine),
        _one("results_stale_total", "Results dropped because their monitor had changed.", "counter", judge.stale),
        _one("results_refused_total", "Results that could not be judged or stored.", "counter", judge.refused),
        _one("results_lost_total", "Results dropped because too many waited.", "counter", judge.overflowed),
        _one("results_waiting", "Results that wait for the judge.", "gauge", judge.waiting),
        _one("event_loop_lag_seconds", "How late the last look at the clock was.", "gauge", auditor.lag_s),
        _one("event_loop_lag_max_seconds", "The longest such lag since the start.", "gauge", auditor.lag_max_s),
        _one("irregularities_total", "Own stalls, sleeps and clock jumps.", "counter", auditor.irregularities),
        _one("heartbeats", "Jobs that are waited for.", "gauge", len(engine.beats)),
        Metric(
            "pings_total",
            "Pings taken, by what they said.",
            "counter",
            [Sample({"kind": kind.value}, count) for kind, count in engine.pings.taken.items()],
        ),
        _one("blind", "1 while our own connection is at fault.", "gauge", float(engine.sentinel.blind is not None)),
        _one("notifications_held", "1 while nothing is sent after a restore.", "gauge", engine.hold.since is not None),
        _one("notifications_sent_total", "Notifications delivered.", "counter", engine.notifier.sent),
        _one("notifications_failed_total", "Attempts to deliver that failed.", "counter", engine.notifier.failed),
        _one("notifications_dead_total", "Notifications that were given up.", "counter", engine.notifier.dead),
        _one("subscriber_messages_sent_total", "Told to subscribers.", "counter", engine.telling_subscribers.sent),
        _one(
            "subscriber_messages_failed_total",
            "Attempts to tell subscribers that failed.",
            "counter",
            engine.telling_subscribers.failed,
        ),
        _one("event_listeners", "Dashboards that listen.", "gauge", engine.events.listeners),
    ]


def _lateness(engine: "Engine") -> Metric:
    seen = engine.runner.scheduler.lateness
    samples, total = [], 0
    for bound, count in zip(seen.BOUNDS, seen.counts, strict=False):
        total += count
        samples.append(Sample({"le": f"{bound:g}"}, total, "_bucket"))
    samples.append(Sample({"le": "+Inf"}, seen.total, "_bucket"))
    samples.append(Sample({}, seen.sum_s, "_sum"))
    samples.append(Sample({}, seen.total, "_count"))
    return Metric("scheduler_lag_seconds", "How late checks began.", "histogram", samples)


def _loops(engine: "Engine") -> list[Metric]:
    health = list(engine.supervisor.health.values())
    return [
        Metric(
            "loop_ticks_total", "Ticks of each loop.", "counter", [Sample({"loop": h.name}, h.ticks) for h in health]
        ),
        Metric(
            "loop_failures_total",
            "Ticks of each loop that failed.",
            "counter",
            [Sample({"loop": h.name}, h.failures) for h in health],
        ),
        Metric(
            "loop_busy_seconds_total",
            "Seconds in which each loop was inside a tick.",
            "counter",
            [Sample({"loop": h.name}, h.busy_s) for h in health],
        ),
    ]


def _store(engine: "Engine") -> list[Metric]:
    stats = engine.store.stats()
    queries = stats.pop("queries")
    samples = [sample for kind, seen in queries.items() for sample in _durations(kind, seen)]
    return [
        Metric("db_query_duration_seconds", "How long queries and commits took.", "histogram", samples),
        *(_one(f"db_{name}", f"The store's {name.replace('_', ' ')}.", "gauge", v) for name, v in stats.items()),
    ]


def _durations(kind: str, seen: dict[str, Any]) -> list[Sample]:
    buckets = [Sample({"kind": kind, "le": f"{bound:g}"}, count, "_bucket") for bound, count in seen["buckets"]]
    return [
        *buckets,
        Sample({"kind": kind, "le": "+Inf"}, seen["count"], "_bucket"),
        Sample({"kind": kind}, seen["sum"], "_sum"),
        Sample({"kind": kind}, seen["count"], "_count"),
    ]


def _monitors(engine: "Engine") -> list[Metric]:
    counts = engine.live.counts()
    status, latency = [], []
    for state in engine.live.states():
        config = state.monitor.config
        labels = {"id": str(state.monitor.id), "slug": state.monitor.slug, "name": config.name, "type": config.type}
        status.append(Sample({**labels, "status": state.status.value}, float(state.status is Status.UP)))
        if state.last is not None and state.last.latency_ms is not None:
            latency.append(Sample(labels, state.last.latency_ms / 1000))
    by_state = [Sample({"status": name}, count) for name, count in counts.items()]
    return [
        Metric("monitors", "Monitors in each state.", "gauge", by_state),
        Metric("monitor_up", "1 when a monitor is up; its state is a label.", "gauge", status),
        Metric("monitor_latency_seconds", "What the last check of each monitor took.", "gauge", latency),
        _one("incidents_open", "Incidents that have not ended.", "gauge", len(engine.live.incidents)),
    ]


def _probes(engine: "Engine") -> list[Metric]:
    """Return how each probe does, and which regions have a vote."""
    seen = [
        ({"region": one.region, "probe": one.name}, engine.roster.standing(one.id), engine.dispatch.count(one.id))
        for one in engine.probes.list()
    ]

    def each(name: str, help: str, value: Callable[[Standing], float], kind: str = "gauge") -> Metric:
        return Metric(name, help, kind, [Sample(labels, float(value(standing))) for labels, standing, _ in seen])

    live, own = engine.live, (LOCAL,) if engine.live.region_rule.local else ()
    votes = [Sample({"region": one}, float(one not in live.mute)) for one in (*own, *live.known_regions)]
    return [
        each("probe_up", "1 while a probe is heard of.", lambda one: one.online),
        each("probe_blind", "1 while the connection of a probe is at fault.", lambda one: bool(one.blind)),
        each("probe_lag_seconds", "Age of the oldest result that it has not delivered.", lambda one: one.lag_s),
        each("probe_late_seconds", "How late its checks begin.", lambda one: one.late_s),
        each("probe_clock_skew_seconds", "By how much its clock is ahead of ours.", lambda one: one.clock_skew_s),
        each("probe_checks_per_second", "Checks that it makes.", lambda one: one.checks_per_s),
        each("probe_checks_in_flight", "Checks of it that run now.", lambda one: one.in_flight),
        each("probe_results_spooled", "Results that wait to be delivered.", lambda one: one.spooled),
        each("probe_results_lost_total", "Results that it had to give up.", lambda one: one.lost, "counter"),
        each("probe_results_refused_total", "Results not its to report.", lambda one: one.refused, "counter"),
        Metric("probe_monitors", "Monitors that it checks.", "gauge", [Sample(who, count) for who, _, count in seen]),
        Metric("region_votes", "1 while what a region says counts.", "gauge", votes),
    ]


def _backups(engine: "Engine") -> list[Metric]:
    ledger = engine.backups.ledger
    last = ledger.last
    return [
        _one(
            "backup_last_success_timestamp_seconds",
            "When the last good backup was made; 0: never.",
            "gauge",
            last.at.timestamp() if last else 0,
        ),
        _one("backup_bytes", "Size of the last good backup.", "gauge", last.bytes if last else 0),
        _one("backup_failures_total", "Backups that failed, over restarts.", "counter", ledger.failures),
    ]


def _one(name: str, help: str, kind: str, value: float) -> Metric:
    return Metric(name, help, kind, [Sample({}, value)])
