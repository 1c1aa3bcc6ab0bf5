"""Regions as answers: who speaks for each, what it sees, and what they say of one monitor."""

from collections import Counter, defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from asura.domain import agreement, uptime
from asura.domain.consensus import FAILING, Silence
from asura.domain.heartbeat import HEARTBEAT
from asura.domain.region import LOCAL
from asura.domain.status import Status
from asura.engine.monitor_state import DAY
from asura.store import regional as stored
from asura.store.regional import Seen
from asura.web import present
from asura.web.shapes import probing

if TYPE_CHECKING:
    from asura.engine.engine import Engine
    from asura.engine.live import Live, MonitorView
    from asura.web.reach import Reach

# So many of the monitors that fail from a region are named with it.
FEW = 20


def overview(engine: "Engine", reach: "Reach") -> probing.Regions:
    """Return every region that has a probe or is listed by a monitor, asura's own first."""
    monitors, failing = Counter[str](), defaultdict[str, list[int]](list)
    for state in engine.live.states():
        config = state.monitor.config
        if not config.enabled or config.type == HEARTBEAT or not reach.sees(config.tags):
            continue
        monitors.update(state.electorate.regions)
        for name, one in state.regions.items():
            if one.streak.believed in FAILING:
                failing[name].append(state.monitor.id)
    probes = Counter(one.region for one in engine.probes.list())
    online = Counter(one.region for one in engine.probes.list() if engine.roster.standing(one.id).online)
    own = (LOCAL,) if engine.live.region_rule.local else ()
    names = dict.fromkeys((*own, *sorted({*probes, *monitors} - {LOCAL})))
    rows = []
    for name in names:
        why = engine.live.mute.get(name)
        if name != LOCAL and name not in engine.live.known_regions:
            # Listed by a monitor, or enrolled, and no probe of it has ever called.
            why = Silence.OFFLINE
        rows.append(
            probing.Region(
                region=name,
                probes=probes[name],
                online=online[name],
                votes=why is None,
                why=cast(Any, None if why is None else why.value),
                monitors=monitors[name],
                failing=len(failing[name]),
                failing_ids=sorted(failing[name])[:FEW],
            )
        )
    return probing.Regions(rows)


async def of_monitor(engine: "Engine", view: "MonitorView") -> probing.MonitorRegions:
    """Return what each region that checks a monitor says of it, and what they agree on."""
    now, regions, verdict = engine.clock.now(), view.electorate.regions, view.verdict
    due = {region: view.due(now, region) for region in regions} if view.electorate.several else {}
    found = await stored.seen(engine.store, view.monitor.id, regions, now - DAY, now, due=due)
    quorum = view.electorate.quorum
    return probing.MonitorRegions(
        quorum=quorum,
        asked=quorum if verdict is None else verdict.asked,
        needed=quorum if verdict is None else verdict.needed,
        reason=cast(Any, None if verdict is None else verdict.reason.value),
        sentence=_sentence(view),
        regions=[_regional(view, region, found[region], now) for region in regions],
    )


def warning(live: "Live", view: "MonitorView") -> str | None:
    """Return what is amiss with who checks a monitor: a region without a probe, or nobody at all."""
    config, regions = view.monitor.config, view.electorate.regions
    if config.type == HEARTBEAT:
        return None
    if not regions:
        return "Nobody checks it: asura itself checks nothing here (monitor.local is false), and there is no probe."
    missing = [one for one in regions if one != LOCAL and one not in live.known_regions]
    if missing:
        return f"No probe checks from {', '.join(missing)}: nobody sees it from there."
    if LOCAL in config.regions and LOCAL not in regions:
        return "It is not checked from local: asura itself checks nothing here (monitor.local is false)."
    return None


def _sentence(view: "MonitorView") -> str:
    regions = view.electorate.regions
    if view.status is Status.PAUSED:
        return "It is paused: no region checks it."
    if view.verdict is not None:
        return agreement.summary(view.verdict)
    if not regions:
        return "No region checks it."
    return "No region has said anything yet." if len(regions) > 1 else f"{regions[0]} alone checks it."


def _regional(view: "MonitorView", region: str, found: Seen, now: datetime) -> probing.RegionalView:
    one, elsewhere = view.regional(region), view.electorate.elsewhere
    why = view.silence(region, now) if elsewhere else None
    last, figures = (one.last if one is not None else None), found.figures
    alone = view.electorate.regions == (region,)
    ratio = view.uptime_24h(now) if alone else uptime.ratio(uptime.seconds(found.spans, now - DAY, now))
    p50, p95 = (figures.histogram.quantile(share) for share in (0.5, 0.95))
    return probing.RegionalView(
        region=region,
        status=view.status_in(region, now).value,
        since=_since(view, region, now),
        votes=why is None,
        why=cast(Any, None if why is None else why.value),
        message=last.message if last is not None else "",
        last_result=None if last is None else present.result(last),
        uptime_24h_ratio=present.ratio(ratio),
        p50_ms=None if p50 is None else round(p50 / 1000, 3),
        p95_ms=None if p95 is None else round(p95 / 1000, 3),
        checks_24h=figures.checks,
    )


def _since(view: "MonitorView", region: str, now: datetime) -> str | None:
    """Return since when a region sees what it sees; None where it is not known what it sees."""
    one, status = view.regional(region), view.status_in(region, now)
    if status is view.status and not view.electorate.several:
        return present.instant(view.since)
    return present.maybe_instant(one.since) if one is not None and status is one.streak.believed else None
