"""Between Healthchecks' fields of a check and ours of a heartbeat."""

from typing import TYPE_CHECKING, Any

import msgspec

from asura.domain.fields import is_slug
from asura.domain.heartbeat import BeatStatus
from asura.domain.heartbeat_params import HTTP_BODY, MAIL_BODY, MAIL_SUBJECT
from asura.domain.waiting import condition
from asura.web.api.healthchecks.common import Fail, unique_key, uuid_of
from asura.web.pings.healthchecks import is_cron
from asura.web.route import Call

if TYPE_CHECKING:
    from datetime import datetime

    from asura.engine.key_desk import Actor
    from asura.engine.live import MonitorView

SHORTEST, LONGEST = 60, 31_536_000
TEXTS = ("name", "slug", "tags", "desc", "schedule", "tz", "methods", "channels")
PHRASES = {"start_kw": "start_if", "success_kw": "success_if", "failure_kw": "fail_if"}
FLAGS = ("manual_resume", "filter_subject", "filter_body", "filter_http_body", "filter_default_fail")
PLACES = {"filter_http_body": HTTP_BODY, "filter_subject": MAIL_SUBJECT, "filter_body": MAIL_BODY}
WORDS = {
    BeatStatus.PENDING: "new",
    BeatStatus.UP: "up",
    BeatStatus.LATE: "grace",
    BeatStatus.DOWN: "down",
    BeatStatus.STARTED: "started",
}


def shown(call: Call, view: "MonitorView", actor: "Actor") -> dict[str, Any]:
    """Return a check as Healthchecks answers it; whoever may only read sees no address."""
    config, now = view.monitor.config, call.engine.clock.now()
    seen = call.engine.pings.view(view.monitor.id, now)
    heart, settings = seen.heart, config.settings
    where = settings.get("look_in") or tuple(PLACES.values())
    filters = any(settings.get(name) for name in PHRASES.values())
    fields: dict[str, Any] = {
        "name": config.name,
        "slug": view.monitor.slug,
        "tags": " ".join(config.tags),
        "desc": config.description,
        "grace": int(config.grace),
        "n_pings": heart.pings,
        "status": _status(call, view),
        "started": bool(heart.open_runs),
        "last_ping": stamp(heart.last_ping_at),
        "next_ping": stamp(heart.expected_at) if config.enabled else None,
        "manual_resume": bool(settings.get("manual_resume")),
        "methods": "POST" if settings.get("methods") == "post" else "",
        "subject": ",".join(settings.get("success_if") or ()) if MAIL_SUBJECT in where else "",
        "subject_fail": ",".join(settings.get("fail_if") or ()) if MAIL_SUBJECT in where else "",
        **{theirs: ",".join(settings.get(ours) or ()) for theirs, ours in PHRASES.items()},
        **{name: filters and place in where for name, place in PLACES.items()},
        "filter_default_fail": settings.get("otherwise") == "fail",
        "badge_url": f"{call.engine.options.url}/api/v1/badge/{view.monitor.slug}.svg" if config.public else None,
    }
    if heart.last_duration_s is not None:
        fields["last_duration"] = int(heart.last_duration_s)
    if config.cron or config.on_calendar:
        fields |= {"schedule": config.cron or config.on_calendar, "tz": config.timezone}
    else:
        fields["timeout"] = int(config.interval)
    return fields | _addresses(call, view, actor)


def _addresses(call: Call, view: "MonitorView", actor: "Actor") -> dict[str, Any]:
    if actor.role == "viewer":
        return {"unique_key": unique_key(call, view)}
    uuid, url = uuid_of(call, view), call.engine.options.url
    update = f"{url}/api/{call.ref('version')}/checks/{uuid}"
    return {
        "uuid": uuid,
        "ping_url": f"{url}/ping/{uuid}",
        "update_url": update,
        "pause_url": f"{update}/pause",
        "resume_url": f"{update}/resume",
        "channels": ",".join(str(one) for one in view.monitor.config.channel_ids),
    }


def _status(call: Call, view: "MonitorView") -> str:
    """Return their word for a state: only version 1 knows that something has started."""
    if not view.monitor.config.enabled:
        return "paused"
    beat, now = call.engine.beats.get(view.monitor.id), call.engine.clock.now()
    if beat is None:
        return "new"
    seen = condition(beat.heart, beat.rule, now, call.engine.beats.push)
    if seen.status is BeatStatus.STARTED and call.ref("version") != "v1":
        calm = msgspec.structs.replace(beat.heart, runs=())
        seen = condition(calm, beat.rule, now, call.engine.beats.push)
    return WORDS[seen.status]


def stamp(at: "datetime | None") -> str | None:
    """Return an instant as they write it: to the second, with an offset."""
    return None if at is None else at.isoformat(timespec="seconds")


def wanted(body: dict[str, Any]) -> dict[str, Any]:
    """Return a body of theirs as fields of a monitor; raises Fail 400 with their text for what is wrong."""
    _judge(body)
    fields: dict[str, Any] = {}
    for theirs, ours in (("name", "name"), ("desc", "description"), ("tz", "timezone"), ("grace", "grace")):
        if theirs in body:
            fields[ours] = body[theirs]
    if "tags" in body:
        fields["tags"] = body["tags"].split()
    if "timeout" in body:
        fields |= {"interval": body["timeout"], "cron": "", "on_calendar": ""}
    if body.get("schedule"):
        cron = is_cron(body["schedule"])
        fields |= {"cron": body["schedule"] if cron else "", "on_calendar": "" if cron else body["schedule"]}
    if "channels" in body:
        named = [one.strip() for one in body["channels"].split(",") if one.strip() not in ("", "*")]
        fields["channel_ids"] = [int(one) if one.isascii() and one.isdecimal() else one for one in named]
    return fields


def settings(body: dict[str, Any], old: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of a heartbeat after a body of theirs."""
    found = dict(old)
    if "methods" in body:
        found["methods"] = "post" if body["methods"] == "POST" else "any"
    if "manual_resume" in body:
        found["manual_resume"] = body["manual_resume"]
    for theirs, ours in PHRASES.items():
        if theirs in body:
            found[ours] = [phrase.strip() for phrase in body[theirs].split(",") if phrase.strip()]
    if any(name in body for name in PLACES):
        places = [place for name, place in PLACES.items() if body.get(name)]
        found.pop("look_in", None)
        if places:
            found["look_in"] = places
    if "filter_default_fail" in body:
        found["otherwise"] = "fail" if body["filter_default_fail"] else "ignore"
    return found


def slug_in(body: dict[str, Any]) -> str | None:
    """Return the slug of a body as ours; None without one that can be."""
    slug = str(body.get("slug") or "").replace("_", "-")
    return slug if is_slug(slug) else None


def _judge(body: dict[str, Any]) -> None:
    for name in (*TEXTS, *PHRASES):
        if name in body and not isinstance(body[name], str):
            raise Fail(400, f"json validation error: {name} is not a string")
    for name in FLAGS:
        if name in body and not isinstance(body[name], bool):
            raise Fail(400, f"json validation error: {name} is not a boolean")
    for name in ("timeout", "grace"):
        value = body.get(name)
        if name not in body:
            continue
        if not isinstance(value, int) or isinstance(value, bool):
            raise Fail(400, f"json validation error: {name} is not a number")
        if value < SHORTEST:
            raise Fail(400, f"json validation error: {name} is too small")
        if value > LONGEST:
            raise Fail(400, f"json validation error: {name} is too large")
    if body.get("methods") not in (None, "", "POST"):
        raise Fail(400, "json validation error: methods has unexpected value")
