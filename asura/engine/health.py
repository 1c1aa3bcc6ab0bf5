"""How each part of the engine is."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from asura.engine.engine import Engine


def parts(engine: "Engine") -> dict[str, dict[str, Any]]:
    """Return how each part is, with a sentence; all `ok` means ready, whatever a part says that stands `aside`."""
    now = engine.clock.monotonic()
    found: dict[str, dict[str, Any]] = {}
    overdue = engine.runner.scheduler.overdue_s()
    found["scheduler"] = {"ok": overdue < 10, "detail": f"earliest due check is {overdue:.1f} s late"}
    for one in engine.supervisor.health.values():
        stuck = one.stuck_s(now)
        running = f"stuck for {stuck:.0f} s" if stuck > 10 else "runs" if one.ran else "not started"
        found[one.name] = {"ok": one.fine(now), "detail": one.last_error if one.failing else running}
    if engine.hold.since is not None:
        found["notifier"]["detail"] = "holds every message: this database was restored, and nobody has released them"
    healthy = engine.store.healthy
    found["store"] = {"ok": healthy, "detail": "commits" if healthy else "cannot commit"}
    blind = engine.sentinel.blind
    found["self"] = {"ok": True, "detail": blind.message if blind else "sees"}
    return found | {name: look() for name, look in engine.further_health.items()}
